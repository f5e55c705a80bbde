import pytest

from app.ingest.fetch_errors import FetchRefused
from app.ingest.guard import Guard, is_public, system_resolver

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_public_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "2001::1", "2002:7f00:1::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "3fff::1", "100::1", "not an address", "",
    ],
)  # fmt: skip
def test_addresses_of_one_machine_network_or_provider_are_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("ftp://post.example/a", "only http and https"),
        ("gopher://post.example:70/1", "only http and https"),
        ("data:text/html,a", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        ("//post.example/a", "only http and https"),
        ("post.example", "only http and https"),
        ("", "only http and https"),
        ("http:///a", "names no host"),
        ("http://", "names no host"),
        ("http://user:secret@post.example/", "user name or password"),
        ("http://user@post.example/", "user name or password"),
        ("http://post.example:22/", "port 22 is not fetched from"),
        ("http://post.example:6379/", "port 6379"),
        ("https://post.example:25/", "port 25"),
        ("http://post.example:99999/", "port 99999"),
        ("http://[::1/", "not an address"),
        ("http://post.example/\x00", "not an address"),
        ("http://post.example/a\r\nHost: inner", "not an address"),
        ("http://\ud800/", "not an address"),
    ],
)
def test_addresses_that_are_never_asked_for(url: str, reason: str) -> None:
    with pytest.raises(FetchRefused, match=reason):
        Guard().check_url(url)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("HTTP://Post.Example/a#part", "http://post.example/a"),
        ("https://post.example:8443/a?b=c", "https://post.example:8443/a?b=c"),
        ("https://münchen.example/ä", "https://xn--mnchen-3ya.example/%C3%A4"),
    ],
)
def test_addresses_of_pages_may_be_asked_for(url: str, asked: str) -> None:
    checked = Guard().check_url(url)
    assert f"{checked.scheme}://{checked.netloc.decode()}{checked.raw_path.decode()}" == asked


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "::1", "0", "169.254.169.254"])
async def test_numbers_in_any_spelling_are_checked_as_what_they_stand_for(host: str) -> None:
    with pytest.raises(FetchRefused, match="no address on the public internet"):
        await Guard(system_resolver).addresses(host, 80)


async def test_of_several_addresses_only_public_ones_are_connected_to() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["10.0.0.1", "8.8.8.8", "::1"]

    assert await Guard(resolve).addresses("post.example", 443) == ["8.8.8.8"]


async def test_an_admitted_address_is_admitted_on_its_port_alone() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    guard = Guard(resolve, frozenset({("127.0.0.1", 5000)}))
    assert await guard.addresses("post.example", 5000) == ["127.0.0.1"]
    with pytest.raises(FetchRefused):
        await guard.addresses("post.example", 80)


async def test_a_socket_of_the_machine_is_refused() -> None:
    from app.ingest.guard import GuardedNetwork

    with pytest.raises(FetchRefused):
        await GuardedNetwork(Guard()).connect_unix_socket("/run/some.sock")
