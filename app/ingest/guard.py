"""The guard that keeps fetching on the public internet: which addresses may be asked for, and connected to.

A name is resolved here, each address it stands for is checked, and the connection is made to the very address that
passed: what the name resolves to a moment later, or to somebody else, does not matter. Every connection goes this way,
those of redirects and of ``robots.txt`` too.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import httpcore
import httpx

from app.ingest.fetch_errors import FetchRefused

PORTS = frozenset({80, 443, 8080, 8443})
"""Ports where pages are served. Others speak protocols that a request could be made to abuse."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host's name and a port to the numeric addresses it stands for; raises `OSError` for none."""

# What `is_global` of older Python versions takes for public (IANA special-purpose address registries).
_SPECIAL = tuple(
    map(
        ipaddress.ip_network,
        ("::/96", "192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "2002::/16", "2001::/23", "3fff::/20"),
    )
)
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_SCHEMES = {"http": 80, "https": 443}


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Ask the system."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True, slots=True)
class Guard:
    """Says what may be asked for.

    ``admitted`` are pairs of address and port that are let through though they are not public: there are none unless
    somebody names them, as tests name their own servers.
    """

    resolve: Resolver = system_resolver
    admitted: frozenset[tuple[str, int]] = frozenset()

    def check_url(self, url: str) -> httpx.URL:
        """Read an address that may be asked for. Raises `FetchRefused`."""
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise FetchRefused(url, f"not an address: {error}") from None
        if parsed.scheme not in _SCHEMES:
            raise FetchRefused(url, "only http and https are fetched")
        if not parsed.host:
            raise FetchRefused(url, "the address names no host")
        if parsed.userinfo:
            raise FetchRefused(url, "addresses with a user name or password are not fetched")
        port = parsed.port or _SCHEMES[parsed.scheme]
        if port not in PORTS | {admitted for _, admitted in self.admitted}:
            raise FetchRefused(url, f"port {port} is not fetched from; {', '.join(map(str, sorted(PORTS)))} are")
        return parsed.copy_with(fragment=None)

    async def addresses(self, host: str, port: int) -> list[str]:
        """Resolve a host to the addresses that may be connected to. Raises `FetchRefused`, `ConnectError`."""
        try:
            found = await self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise httpcore.ConnectError(f"the name was not found: {reason}") from None
        allowed = [address for address in found if (address, port) in self.admitted or is_public(address)]
        if not allowed:  # which addresses, is nobody's business who may only be probing the network here
            raise FetchRefused(host, "the name stands for no address on the public internet")
        return allowed


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the public internet, and what an IPv6 address wraps up is one too."""
    try:
        parsed: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        wrapped = parsed.ipv4_mapped
        if parsed in _TRANSLATED:  # what name servers of IPv6-only networks give for IPv4 hosts (RFC 6052)
            wrapped = ipaddress.IPv4Address(int(parsed) & 0xFFFF_FFFF)
        parsed = wrapped or parsed
    special = any(parsed in network for network in _SPECIAL if network.version == parsed.version)
    return parsed.is_global and not parsed.is_multicast and not special


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to addresses that the guard has passed, and to no others."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check, and connect to the first address that answers."""
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in await self._guard.addresses(host, port):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: a socket of this machine is no public address."""
        raise FetchRefused(path, "only addresses of the public internet are connected to")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._network.sleep(seconds)
