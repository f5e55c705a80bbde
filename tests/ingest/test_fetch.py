import asyncio
import gzip
import tracemalloc
from collections.abc import Sequence

import pytest

from app.ingest.fetch import FEEDS, USER_AGENT, Fetcher, FetchFailed, FetchRefused, Limits, Validators
from app.ingest.guard import Guard
from app.ingest.manners import LONGEST_PAUSE
from tests.ingest.site import Clock, Site, answer, fetcher, redirect, resolver, served

pytestmark = pytest.mark.anyio
PAGE = b"<p>Norway and Latvia opened a range near the coast on Monday.</p>"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_page_is_fetched_with_what_its_server_says_of_it() -> None:
    headers = {"ETag": '"1"', "Last-Modified": "Mon, 04 Mar 2019 10:00:00 GMT"}
    async with (
        served({"/a?b=%20c": answer(PAGE, kind='Text/HTML; charset="ISO-8859-1"', headers=headers)}) as site,
        fetcher(site) as fetch,
    ):
        fetched = await fetch.fetch(f"http://post.example:{site.port}/a?b=%20c#part")
    assert fetched.content == PAGE
    assert (fetched.media_type, fetched.charset) == ("text/html", "ISO-8859-1")
    assert fetched.validators == Validators('"1"', "Mon, 04 Mar 2019 10:00:00 GMT")
    assert fetched.url == f"http://post.example:{site.port}/a?b=%20c"


async def test_requests_say_honestly_who_asks() -> None:
    async with served({"/a": answer(PAGE)}) as site, fetcher(site) as fetch:
        await fetch.fetch(f"http://post.example:{site.port}/a")
    assert len(site.requests) == 2
    for request in site.requests:
        assert f"User-Agent: {USER_AGENT}\r\n" in request
        assert f"Host: post.example:{site.port}\r\n" in request
        assert "cookie" not in request.lower()
    assert USER_AGENT.startswith("Entente/")


async def test_a_packed_page_is_unpacked() -> None:
    async with (
        served({"/a": answer(gzip.compress(PAGE), headers={"Content-Encoding": "gzip"})}) as site,
        fetcher(site) as fetch,
    ):
        assert (await fetch.fetch(f"http://post.example:{site.port}/a")).content == PAGE


async def test_nothing_new_is_no_content() -> None:
    async with served({"/a": answer(status="304 Not Modified")}) as site, fetcher(site) as fetch:
        known = Validators('"1"', "Mon, 04 Mar 2019 10:00:00 GMT")
        assert (await fetch.fetch(f"http://post.example:{site.port}/a", known=known)).content is None
    assert 'If-None-Match: "1"\r\n' in site.requests[1]
    assert "If-Modified-Since: Mon, 04 Mar 2019 10:00:00 GMT\r\n" in site.requests[1]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_redirects_are_followed_to_the_last_address(status: str) -> None:
    async with served({"/a": redirect("../b?c", status), "/b?c": answer(PAGE)}) as site, fetcher(site) as fetch:
        fetched = await fetch.fetch(f"http://post.example:{site.port}/a")
    assert (fetched.url, fetched.content) == (f"http://post.example:{site.port}/b?c", PAGE)


# What would turn fetching against the machine or the network it runs in. A second server stands on the same port of
# another loopback address, which no test admits: it must not see a single connection.


@pytest.mark.parametrize("addresses", [["127.0.0.2"], ["127.0.0.2", "::1"], ["::ffff:127.0.0.2"]])
async def test_a_name_that_stands_for_an_inner_address_is_not_connected_to(addresses: Sequence[str]) -> None:
    async with (
        served({}) as site,
        served({"/": answer(PAGE)}, "127.0.0.2", site.port) as inner,
        fetcher(site, {"inner.example": addresses}) as fetch,
    ):
        with pytest.raises(FetchRefused, match="no address on the public internet") as refusal:
            await fetch.fetch(f"http://inner.example:{site.port}/")
    assert refusal.value.url == f"http://inner.example:{site.port}/robots.txt"
    assert inner.requests == []


async def test_an_inner_address_among_public_ones_is_not_connected_to() -> None:
    async with (
        served({"/": answer(PAGE)}) as site,
        served({}, "127.0.0.2", site.port) as inner,
        fetcher(site, {"mixed.example": ["127.0.0.2", "127.0.0.1"]}) as fetch,
    ):
        assert (await fetch.fetch(f"http://mixed.example:{site.port}/")).content == PAGE
    assert inner.requests == []


@pytest.mark.parametrize(
    "target",
    ["http://inner.example:{port}/", "//inner.example:{port}/", "http://127.0.0.2:{port}/", "http://[::1]:{port}/",
     "file:///etc/passwd", "http://user:secret@post.example:{port}/", "http://post.example:22/", "http://[::1/"],
)  # fmt: skip
async def test_a_redirect_inwards_is_not_followed(target: str) -> None:
    async with served({}) as site, served({}, "127.0.0.2", site.port) as inner:
        site.answers["/"] = redirect(target.format(port=site.port))
        names = {"inner.example": ["127.0.0.2"], "127.0.0.2": ["127.0.0.2"], "::1": ["::1"]}
        async with fetcher(site, names) as fetch:
            with pytest.raises(FetchRefused):
                await fetch.fetch(f"http://post.example:{site.port}/")
    assert inner.requests == []


async def test_robots_txt_cannot_redirect_inwards() -> None:
    async with served({"/": answer(PAGE)}) as site, served({}, "127.0.0.2", site.port) as inner:
        site.answers["/robots.txt"] = redirect(f"http://inner.example:{site.port}/")
        async with fetcher(site, {"inner.example": ["127.0.0.2"]}) as fetch:
            with pytest.raises(FetchRefused):
                await fetch.fetch(f"http://post.example:{site.port}/")
    assert inner.requests == []


async def test_a_name_that_changes_what_it_stands_for_is_checked_at_each_connection() -> None:
    """DNS rebinding: the first answer passes, later ones point inwards."""
    answers = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]]

    async def resolve(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    async with (
        served({"/": answer(PAGE)}) as site,
        served({"/": answer(PAGE)}, "127.0.0.2", site.port) as inner,
        Fetcher(Guard(resolve, frozenset({("127.0.0.1", site.port)}))) as fetch,
    ):
        with pytest.raises(FetchRefused):
            await fetch.fetch(f"http://post.example:{site.port}/")
    assert site.paths == ["/robots.txt"]
    assert inner.requests == []


async def test_a_name_that_is_not_found_is_no_secret() -> None:
    async with served({}) as site, fetcher(site) as fetch:
        with pytest.raises(FetchFailed, match="the name was not found: Name or service not known"):
            await fetch.fetch(f"http://nowhere.example:{site.port}/")


async def test_a_bomb_does_not_go_off() -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    async with (
        served({"/": answer(bomb, headers={"Content-Encoding": "gzip"})}) as site,
        fetcher(site, limits=Limits(seconds=20, size=1_000_000)) as fetch,
    ):
        tracemalloc.start()
        try:
            with pytest.raises(FetchFailed, match="longer than 1000000 bytes"):
                await fetch.fetch(f"http://post.example:{site.port}/")
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 10_000_000


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def dripping(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def header_after_header(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (answer(b"x" * 20_000), "longer than 10000 bytes"),
        (endless, "longer than 10000 bytes"),
        (dripping, "not done within 0.3 seconds"),
        (silent, "not done within 0.3 seconds"),
        (header_after_header, "no answer"),
        (answer(gzip.compress(PAGE)[:20], headers={"Content-Encoding": "gzip"}), "packed wrongly: it ends too early"),
        (answer(PAGE, headers={"Content-Encoding": "gzip"}), "packed wrongly"),
        (answer(PAGE, headers={"Content-Encoding": "br"}), "packed as br"),
        (answer(PAGE, headers={"Content-Encoding": "gzip, gzip"}), "packed as gzip, gzip"),
        (answer(PAGE, kind="image/png"), "is image/png; text/html, application/xhtml"),
        (answer(PAGE, kind=""), "of no media type"),
        (answer(PAGE, headers={"Content-Length": "500"}), "no answer"),
        (answer(status="404 Not Found"), "answered 404"),
        (answer(status="204 No Content"), "answered 204"),
        (answer(status="302 Found"), "without saying where to"),
        (redirect("/"), "more than 5 redirects"),
        (b"SSH-2.0-OpenSSH_9.0\r\n", "no answer"),
        (b"", "no answer"),
    ],
)
async def test_answers_that_are_not_taken(given: bytes, reason: str) -> None:
    limits = Limits(seconds=0.3 if "0.3 seconds" in reason else 60, size=10_000)
    async with served({"/": given}) as site, fetcher(site, limits=limits) as fetch:
        with pytest.raises(FetchFailed, match=reason):
            await fetch.fetch(f"http://post.example:{site.port}/")


async def test_feeds_have_media_types_of_their_own() -> None:
    async with served({"/": answer(b"<rss/>", kind="application/rss+xml")}) as site, fetcher(site) as fetch:
        assert (await fetch.fetch(f"http://post.example:{site.port}/", FEEDS)).content == b"<rss/>"


# Manners.


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        (answer(b"User-agent: *\nDisallow: /\n", kind="text/plain"), False),
        (answer(b"User-agent: entente\nDisallow: /a\n", kind="text/plain"), False),
        (answer(b"User-agent: *\nDisallow: /*?print\n", kind="application/octet-stream"), True),
        (answer(b"User-agent: *\nDisallow: /\n\nUser-agent: Entente\nAllow: /\n", kind="text/plain"), True),
        (
            answer(
                gzip.compress(b"User-agent: *\nDisallow: /\n"), kind="text/plain", headers={"Content-Encoding": "gzip"}
            ),
            False,
        ),
        (answer(b"\xff\xfe\x00", kind="text/plain"), True),
        (answer(status="404 Not Found"), True),
        (answer(status="403 Forbidden"), True),
        (redirect("/elsewhere.txt"), False),
        (redirect("/robots.txt"), True),
    ],
)
async def test_robots_txt_is_obeyed(robots: bytes, allowed: bool) -> None:
    elsewhere = answer(b"User-agent: *\nDisallow: /\n", kind="text/plain")
    async with (
        served({"/robots.txt": robots, "/elsewhere.txt": elsewhere, "/a": answer(PAGE)}) as site,
        fetcher(site) as fetch,
    ):
        if allowed:
            assert (await fetch.fetch(f"http://post.example:{site.port}/a")).content == PAGE
        else:
            with pytest.raises(FetchRefused, match=r"robots\.txt forbids it"):
                await fetch.fetch(f"http://post.example:{site.port}/a")
    assert ("/a" in site.paths) is allowed


async def test_nothing_is_fetched_while_robots_txt_cannot_be_had() -> None:
    async with served({"/robots.txt": answer(status="503 Busy"), "/a": answer(PAGE)}) as site, fetcher(site) as fetch:
        with pytest.raises(FetchFailed, match=r"robots\.txt: answered 503"):
            await fetch.fetch(f"http://post.example:{site.port}/a")
    assert site.paths == ["/robots.txt"]


async def test_robots_txt_is_asked_for_once_a_day() -> None:
    clock = Clock()
    async with served({"/a": answer(PAGE)}) as site, fetcher(site, clock=clock) as fetch:
        for _ in range(3):
            await fetch.fetch(f"http://post.example:{site.port}/a")
        assert site.paths == ["/robots.txt", "/a", "/a", "/a"]
        clock.now += 25 * 3600
        await fetch.fetch(f"http://post.example:{site.port}/a")
    assert site.paths[4:] == ["/robots.txt", "/a"]


async def test_a_host_gets_one_request_at_a_time_with_pauses() -> None:
    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        writer.write(answer(PAGE))

    clock = Clock()
    async with served({"/a": slowly, "/b": slowly, "/c": slowly}) as site, fetcher(site, clock=clock) as fetch:
        await asyncio.gather(*(fetch.fetch(f"http://post.example:{site.port}/{name}") for name in "abc"))
    assert site.most_at_once == 1
    assert clock.waits == [1.0, 1.0]


async def test_different_hosts_are_asked_at_the_same_time() -> None:
    both = asyncio.Barrier(2)

    async def together(writer: asyncio.StreamWriter) -> None:
        await both.wait()
        writer.write(answer(PAGE))

    async with served({"/a": together}) as site, fetcher(site, {"other.example": ["127.0.0.1"]}) as fetch:
        names = ("post.example", "other.example")
        await asyncio.gather(*(fetch.fetch(f"http://{name}:{site.port}/a") for name in names))


async def test_crawl_delay_is_kept_within_reason() -> None:
    robots = answer(b"User-agent: *\nCrawl-delay: 10\n", kind="text/plain")
    clock = Clock()
    async with served({"/robots.txt": robots, "/a": answer(PAGE)}) as site, fetcher(site, clock=clock) as fetch:
        await fetch.fetch(f"http://post.example:{site.port}/a")
        await fetch.fetch(f"http://post.example:{site.port}/a")
        assert clock.waits == [10.0]
        site.answers["/robots.txt"] = answer(b"User-agent: *\nCrawl-delay: 9000\n", kind="text/plain")
        clock.now += 25 * 3600
        await fetch.fetch(f"http://post.example:{site.port}/a")
        await fetch.fetch(f"http://post.example:{site.port}/a")
    assert clock.waits == [10.0, LONGEST_PAUSE]


@pytest.mark.parametrize(("status", "header", "wait"), [("429 Slow down", "120", 120), ("503 Busy", None, 60)])
async def test_a_host_that_asks_for_it_is_left_alone(status: str, header: str | None, wait: float) -> None:
    headers = {"Retry-After": header} if header else {}
    clock = Clock()
    async with served({"/a": answer(status=status, headers=headers)}) as site, fetcher(site, clock=clock) as fetch:
        with pytest.raises(FetchFailed, match=f"not asked again for {wait} seconds") as failure:
            await fetch.fetch(f"http://post.example:{site.port}/a")
        assert failure.value.retry_after == wait
        site.answers["/a"] = answer(PAGE)
        with pytest.raises(FetchFailed, match="left alone for another"):
            await fetch.fetch(f"http://post.example:{site.port}/a")
        assert site.paths == ["/robots.txt", "/a"]
        clock.now += wait
        assert (await fetch.fetch(f"http://post.example:{site.port}/a")).content == PAGE


async def fails(fetch: Fetcher, url: str) -> float:
    with pytest.raises(FetchFailed) as failure:
        await fetch.fetch(url)
    return failure.value.retry_after or 0


async def test_each_failure_in_a_row_doubles_the_time_until_one_succeeds() -> None:
    clock = Clock()
    async with served({"/a": answer(status="500 Broken")}) as site, fetcher(site, clock=clock) as fetch:
        waits = []
        for _ in range(3):
            waits.append(await fails(fetch, f"http://post.example:{site.port}/a"))
            clock.now += waits[-1]
        site.answers["/a"] = answer(PAGE)
        await fetch.fetch(f"http://post.example:{site.port}/a")
        site.answers["/a"] = answer(status="500 Broken")
        waits.append(await fails(fetch, f"http://post.example:{site.port}/a"))
    assert waits == [60, 120, 240, 60]


async def test_a_secure_page_comes_from_a_secure_server_only() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer(PAGE))
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with server, fetcher(Site({}, server.sockets[0].getsockname()[1])) as fetch:
        with pytest.raises(FetchFailed, match="no answer"):
            await fetch.fetch(f"https://post.example:{server.sockets[0].getsockname()[1]}/")


async def test_nothing_is_admitted_unless_named() -> None:
    assert Guard(resolver({})).admitted == frozenset()
