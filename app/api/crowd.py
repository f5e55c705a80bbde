"""How many connections one address may have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network


class Crowd:
    """Connections that are open, by the address that they come from; of IPv6, the network of 64 bits that one has."""

    def __init__(self, most: int, free: Sequence[str] = ()) -> None:
        """One address may have ``most``, 0: any number; those in the networks ``free`` are not counted."""
        self._most = most
        self._free = [ip_network(network) for network in free]
        self._open: Counter[str] = Counter()

    def enter(self, address: str) -> str | None:
        """Count a connection; gives what to `leave` with, None where there are too many already."""
        found = ip_address(address)
        if isinstance(found, IPv6Address):
            found = found.ipv4_mapped or found
        if not self._most or any(found in network for network in self._free):
            return ""
        home = str(found) if isinstance(found, IPv4Address) else str(IPv6Network((int(found), 64), strict=False))
        if self._open[home] >= self._most:
            return None
        self._open[home] += 1
        return home

    def leave(self, home: str) -> None:
        """A connection that was counted has ended."""
        if home:
            self._open[home] -= 1
            if not self._open[home]:
                del self._open[home]
