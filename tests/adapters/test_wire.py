import asyncio

import pytest

from adapters.contract import Outcome, Reason
from adapters.http_response import ResponseReader
from adapters.limits import Allowance, ByteBudget
from adapters.transport import Call, Fetched, Transport, Unfetched, request_bytes
from adapters.wire import WirePool
from tests.adapters.stub_source import answer, config_for, response, stub_source

OK = Fetched(200, "application/fhir+json", b"{}")


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request):
    return "asyncio", {"use_uvloop": request.param}


def allowance(seconds=2.0):
    return Allowance(asyncio.get_running_loop().time() + seconds, ByteBudget(4 * 1024 * 1024))


async def fetch_each(behave, *calls):
    async with stub_source(behave) as stub:
        transport = Transport(config_for(stub.url))
        results = [
            await transport.fetch(Call(f"{stub.url}/x", method), allowance()) for method in calls
        ]
        await transport.aclose()
    return results, stub


def writes(*parts, then_close=False):
    async def behave(asked, writer):
        for part in parts:
            writer.write(part)
        if then_close:
            writer.close()

    return behave


async def test_an_interim_response_is_passed_over():
    [result], _ = await fetch_each(
        writes(b"HTTP/1.1 103 X\r\nlink: a\r\n\r\n", response(b"{}")), "GET"
    )

    assert result == OK


async def test_a_body_ended_by_closing_is_whole_when_no_length_was_declared():
    head = b"HTTP/1.1 200 X\r\ncontent-type: application/fhir+json\r\n\r\n"
    results, stub = await fetch_each(writes(head, b"{}", then_close=True), "GET", "GET")

    assert results == [OK, OK]
    assert stub.connections == 2


async def test_a_chunked_body_comes_whole_and_its_connection_is_kept():
    chunked = b"HTTP/1.1 200 X\r\ncontent-type: application/fhir+json\r\ntransfer-encoding: chunked\r\n\r\n"
    results, stub = await fetch_each(
        writes(chunked, b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"), "GET", "GET"
    )

    assert results == [OK, OK]
    assert stub.connections == 1


async def test_an_answer_that_says_close_gets_a_new_connection_next_time():
    results, stub = await fetch_each(answer(b"{}", connection="close"), "GET", "GET")

    assert results == [OK, OK]
    assert stub.connections == 2


@pytest.mark.parametrize("status", [204, 205])
async def test_an_answer_without_a_body_is_whole_and_empty(status):
    [result], _ = await fetch_each(
        writes(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n".encode()), "GET"
    )

    assert result == Fetched(status, "", b"")


async def drops_every_second_exchange(asked, writer):
    if asked.method == "GET" and not hasattr(writer, "has_answered"):
        writer.has_answered = True
        writer.write(response(b"{}"))
    else:
        writer.close()


async def test_a_kept_connection_that_had_closed_is_replaced_for_a_read():
    results, stub = await fetch_each(drops_every_second_exchange, "GET", "GET")

    assert results == [OK, OK]
    assert stub.connections == 2


async def test_a_kept_connection_that_had_closed_is_not_replaced_for_a_write():
    results, stub = await fetch_each(drops_every_second_exchange, "GET", "POST")

    assert results == [OK, Unfetched(Outcome.FAILED, Reason.CONNECTION)]
    assert [asked.method for asked in stub.asked] == ["GET", "POST"]


@pytest.mark.parametrize(
    "flood",
    [
        b"HTTP/1.1 200 X\r\nx-long: " + b"x" * 500_000,
        b"HTTP/1.1 200 X\r\n" + b"x-many: 1\r\n" * 50_000,
        b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n0\r\nx: " + b"x" * 500_000,
    ],
    ids=["one header", "many headers", "trailer"],
)
async def test_headers_without_end_are_cut(flood):
    [result], _ = await fetch_each(writes(flood), "GET")

    assert isinstance(result, Unfetched)
    assert result.outcome is Outcome.FAILED


def test_a_second_answer_is_no_part_of_the_first_and_is_noticed():
    reader = ResponseReader()

    reader.feed(memoryview(response(b"mine") + response(b"somebody else's")))

    assert (reader.take_parts(), reader.pending_bytes, reader.has_extra_bytes) == (
        [b"mine"],
        0,
        True,
    )


@pytest.mark.parametrize(
    "headers",
    [
        b"content-length: 2\r\ncontent-length: 3",
        b"content-length: two",
        b"content-length: 2\r\ntransfer-encoding: chunked",
        b"content-length: -1",
    ],
    ids=["two lengths", "no number", "length and chunks", "negative"],
)
async def test_an_ambiguous_length_is_failed(headers):
    [result], _ = await fetch_each(writes(b"HTTP/1.1 200 X\r\n" + headers + b"\r\n\r\n{}"), "GET")

    assert result == Unfetched(Outcome.FAILED, Reason.CONNECTION)


async def test_bytes_that_nobody_asked_for_close_the_connection():
    release = asyncio.Event()

    async def behave(asked, writer):
        writer.write(response(b"{}"))
        if release.is_set():
            return
        await release.wait()
        writer.write(response(b'{"id": "somebody else"}'))

    async with stub_source(behave) as stub:
        transport = Transport(config_for(stub.url))
        first = await transport.fetch(Call(f"{stub.url}/x"), allowance())
        release.set()
        await asyncio.wait_for(stub.hung_up.wait(), 10)
        second = await transport.fetch(Call(f"{stub.url}/x"), allowance())
        await transport.aclose()

    assert (first, second, stub.connections) == (OK, OK, 2)


async def test_a_slow_reader_makes_the_source_wait():
    body = b"x" * 3 * 1024 * 1024

    async with stub_source(answer(body)) as stub:
        pool = WirePool("127.0.0.1", int(stub.url.rpartition(":")[2].partition("/")[0]), None)
        async with pool.wire(kept=True) as wire:
            await wire.send(b"GET /x HTTP/1.1\r\nhost: a\r\n\r\n")
            await asyncio.sleep(0.1)
            waiting = sum(len(part) for part in await wire.read())
            got = waiting
            while parts := await wire.read():
                got += sum(len(part) for part in parts)
        await pool.aclose()

    assert waiting < 2 * 1024 * 1024
    assert got == len(body)


async def test_a_pool_closed_meanwhile_closes_what_comes_back():
    async with stub_source(answer(b"{}")) as stub:
        transport = Transport(config_for(stub.url))
        await transport.fetch(Call(f"{stub.url}/x"), allowance())
        await transport.aclose()
        for _ in range(2):
            assert await transport.fetch(Call(f"{stub.url}/x"), allowance()) == OK

    assert stub.connections == 3


@pytest.mark.parametrize(
    "call",
    [
        Call("http://a/fhir", headers={"X": "a\r\nHost: b"}),
        Call("http://a/fhir", headers={"X\r\nY": "a"}),
        Call("http://a/fh ir"),
        Call("http://a/fhir?x=\u00e9"),
        Call("http://a/fhir", "GET / HTTP/1.1\r\nX: y\r\n\r\nGET"),
    ],
)
def test_a_request_that_could_break_its_lines_is_not_written(call):
    assert request_bytes(call, "a") is None


async def test_a_call_that_could_break_its_lines_reaches_nobody():
    async with stub_source(answer(b"{}")) as stub:
        transport = Transport(config_for(stub.url))
        call = Call(f"{stub.url}/x", headers={"X": "a\r\nHost: b"})
        result = await transport.fetch(call, allowance())

    assert result == Unfetched(Outcome.FAILED, Reason.ADAPTER_FAULT)
    assert stub.connections == 0


async def test_so_07_calls_at_once_each_get_their_own_answer():
    async def echo(asked, writer):
        await asyncio.sleep(0)
        writer.write(response(asked.target.encode()))

    async def one(transport, url):
        result = await transport.fetch(Call(url), allowance())
        return isinstance(result, Fetched) and url.endswith(result.body.decode())

    async with stub_source(echo) as stub:
        transport = Transport(config_for(stub.url))
        for _ in range(4):
            urls = [f"{stub.url}/{number}" for number in range(50)]
            assert all(await asyncio.gather(*(one(transport, url) for url in urls)))
        await transport.aclose()

    assert stub.connections <= 50
