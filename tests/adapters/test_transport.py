import asyncio
import gzip
import tracemalloc
import zlib

import pytest

from adapters.contract import Outcome, Reason
from adapters.limits import Allowance, ByteBudget
from adapters.transport import Call, Fetched, Transport, Unfetched
from tests.adapters.stub_source import answer, config_for, hangs, response, stub_source

MEBIBYTE = 1024 * 1024


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request):
    return "asyncio", {"use_uvloop": request.param}


def allowance(seconds=2.0, limit=16 * MEBIBYTE):
    return Allowance(asyncio.get_running_loop().time() + seconds, ByteBudget(limit))


async def fetch(behave, seconds=2.0, limit=16 * MEBIBYTE, **call):
    async with stub_source(behave) as stub:
        transport = Transport(config_for(stub.url))
        result = await transport.fetch(
            Call(f"{stub.url}/Patient", **call), allowance(seconds, limit)
        )
        await transport.aclose()
    return result


def writes(*parts, then_close=False, pause=0.0):
    async def behave(asked, writer):
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        if then_close:
            writer.close()

    return behave


async def endless(asked, writer):
    writer.write(b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        await writer.drain()


async def test_a_good_answer_comes_back_byte_for_byte():
    body = b'{"value": 1.50}' * 20_000

    result = await fetch(answer(body))

    assert result == Fetched(200, "application/fhir+json", body)


async def test_a_posted_body_and_its_headers_reach_the_source():
    async with stub_source(answer(b"{}")) as stub:
        transport = Transport(config_for(stub.url))
        call = Call(f"{stub.url}/x", "POST", {"X-Test": "1"}, b"body")
        await transport.fetch(call, allowance())
        await transport.aclose()

    [asked] = stub.asked
    assert (asked.method, asked.body, asked.headers["x-test"]) == ("POST", b"body", "1")


async def test_identity_is_asked_for_and_no_client_name_is_told():
    async with stub_source(answer(b"{}")) as stub:
        transport = Transport(config_for(stub.url))
        await transport.fetch(Call(f"{stub.url}/x"), allowance())
        await transport.aclose()

    [asked] = stub.asked
    assert asked.headers["accept-encoding"] == "identity"
    assert set(asked.headers) <= {"host", "accept-encoding", "connection", "accept"}


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_an_error_status_is_a_whole_answer(status):
    result = await fetch(answer(b"no", status, retry_after="7", server="secret"))

    assert isinstance(result, Fetched)
    assert (result.status, dict(result.headers)) == (status, {"retry-after": "7"})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(status):
    async with stub_source(answer(b"{}")) as other:
        result = await fetch(answer(b"", status, location=f"{other.url}/x"))

    assert result == Unfetched(Outcome.FAILED, Reason.REDIRECT, status)
    assert other.connections == 0


async def test_a_cookie_is_never_sent_back():
    async with stub_source(answer(b"{}", set_cookie="session=1; Path=/")) as stub:
        transport = Transport(config_for(stub.url))
        for _ in range(2):
            await transport.fetch(Call(f"{stub.url}/x"), allowance())
        await transport.aclose()

    assert stub.connections == 1
    assert all("cookie" not in asked.headers for asked in stub.asked)


async def test_a_proxy_of_the_environment_is_never_used(monkeypatch):
    async with stub_source(answer(b"{}")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        result = await fetch(answer(b"{}"))

    assert isinstance(result, Fetched)
    assert proxy.connections == 0


async def test_nothing_is_sent_outside_the_base_address():
    async with stub_source(answer(b"{}")) as stub:
        transport = Transport(config_for(f"{stub.url}/deeper"))
        result = await transport.fetch(Call(f"{stub.url}/other"), allowance())
        await transport.aclose()

    assert result == Unfetched(Outcome.FAILED, Reason.PAGING_HOST)
    assert stub.connections == 0


@pytest.mark.parametrize(
    "behave",
    [
        hangs,
        writes(b"HTTP/1.1 200 X\r\ncontent-length: 5\r\n\r\n", pause=30),
        writes(b"HTTP/1.1 200 X\r\ncontent-length: 500\r\n\r\n", *[b"x"] * 500, pause=0.03),
        writes(*[bytes([one]) for one in b"HTTP/1.1 200 X\r\nx-slow: drip\r\n"], pause=0.03),
    ],
    ids=["no answer", "hangs after headers", "drips its body", "drips its headers"],
)
async def test_a_slow_source_ends_at_the_deadline(behave):
    result = await fetch(behave, seconds=0.15)

    assert result == Unfetched(Outcome.TIMED_OUT, Reason.DEADLINE)


async def test_a_cancelled_caller_hangs_up_on_the_source():
    async with stub_source(hangs) as stub:
        transport = Transport(config_for(stub.url))
        task = asyncio.create_task(transport.fetch(Call(f"{stub.url}/x"), allowance()))
        await stub.was_asked.wait()
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(stub.hung_up.wait(), 10)
        await transport.aclose()


async def test_a_closed_port_is_a_failed_connection():
    async with stub_source(answer(b"{}")) as stub:
        pass
    transport = Transport(config_for(stub.url))

    result = await transport.fetch(Call(f"{stub.url}/x"), allowance())

    assert result == Unfetched(Outcome.FAILED, Reason.CONNECTION)
    await transport.aclose()


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([b""], Reason.CONNECTION),
        ([b"HTTP/1.1 200 X\r\ncontent-le"], Reason.CONNECTION),
        ([b"not http at all\r\n\r\n"], Reason.CONNECTION),
        ([b"HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\n{}"], Reason.LENGTH_MISMATCH),
        ([b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}"], Reason.LENGTH_MISMATCH),
    ],
    ids=["nothing", "cut headers", "not HTTP", "short body", "cut chunks"],
)
async def test_an_answer_cut_off_is_failed(parts, reason):
    result = await fetch(writes(*parts, then_close=True))

    assert isinstance(result, Unfetched)
    assert (result.outcome, result.reason) == (Outcome.FAILED, reason)


async def test_a_body_longer_than_declared_is_failed():
    result = await fetch(writes(b"HTTP/1.1 200 X\r\ncontent-length: 2\r\n\r\n{}{}"))

    assert result == Unfetched(Outcome.FAILED, Reason.LENGTH_MISMATCH, 200)


async def test_bytes_after_an_answer_never_become_the_next_answer():
    poison = response(b'{"id": "somebody else"}')

    async def behave(asked, writer):
        writer.write(response(b"{}") + poison)

    async with stub_source(behave) as stub:
        transport = Transport(config_for(stub.url))
        results = [await transport.fetch(Call(f"{stub.url}/x"), allowance()) for _ in range(3)]
        await transport.aclose()

    assert all(b"somebody" not in getattr(result, "body", b"") for result in results)
    assert stub.connections == 3


async def test_connections_are_kept_and_answers_stay_in_order():
    async def behave(asked, writer):
        writer.write(response(asked.path.encode()))

    async with stub_source(behave) as stub:
        transport = Transport(config_for(stub.url))
        for number in range(20):
            url = f"{stub.url}/{number}"
            result = await transport.fetch(Call(url), allowance())
            assert isinstance(result, Fetched)
            assert result.body == f"/fhir/{number}".encode()
        await transport.aclose()

    assert stub.connections == 1


async def test_a_declared_length_over_the_cap_is_cut_before_it_is_read():
    result = await fetch(writes(b"HTTP/1.1 200 X\r\ncontent-length: 2000\r\n\r\n"), limit=1000)

    assert result == Unfetched(Outcome.FAILED, Reason.TOO_LARGE, 200)


async def test_an_endless_answer_is_cut_at_the_cap():
    result = await fetch(endless, limit=MEBIBYTE)

    assert result == Unfetched(Outcome.FAILED, Reason.TOO_LARGE, 200)


async def test_calls_of_one_answer_share_its_cap():
    async with stub_source(answer(b"x" * 600)) as stub:
        transport = Transport(config_for(stub.url))
        shared = allowance(limit=1000)
        first = await transport.fetch(Call(f"{stub.url}/x"), shared)
        second = await transport.fetch(Call(f"{stub.url}/x"), shared)
        await transport.aclose()

    assert isinstance(first, Fetched)
    assert second == Unfetched(Outcome.FAILED, Reason.TOO_LARGE, 200)


@pytest.mark.parametrize(
    ("coding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
async def test_a_compressed_answer_is_inflated_by_us(coding, compress):
    body = b'{"value": 1.50}' * 20_000

    result = await fetch(answer(compress(body), content_encoding=coding))

    assert isinstance(result, Fetched)
    assert result.body == body


async def test_a_gzip_bomb_is_cut_at_the_cap_and_costs_little_memory():
    bomb = gzip.compress(b"\0" * 32 * MEBIBYTE)

    tracemalloc.start()
    result = await fetch(answer(bomb, content_encoding="gzip"), limit=4 * MEBIBYTE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert result == Unfetched(Outcome.FAILED, Reason.TOO_LARGE, 200)
    assert peak < 8 * MEBIBYTE


@pytest.mark.parametrize(
    ("body", "coding", "reason"),
    [
        (b"not gzip", "gzip", Reason.UNREADABLE),
        (gzip.compress(b"{}" * 1000)[:-9], "gzip", Reason.UNREADABLE),
        (b"{}", "br", Reason.CONTENT_TYPE),
        (b"{}", "gzip, gzip", Reason.CONTENT_TYPE),
    ],
    ids=["broken", "short", "other coding", "twice"],
)
async def test_a_coding_we_cannot_undo_is_failed(body, coding, reason):
    result = await fetch(answer(body, content_encoding=coding))

    assert result == Unfetched(Outcome.FAILED, reason, 200)


async def test_nothing_of_a_call_or_its_answer_is_in_a_repr_or_a_log(caplog):
    caplog.set_level("DEBUG")
    async with stub_source(answer(b"canary", etag="canary")) as stub:
        transport = Transport(config_for(stub.url))
        call = Call(f"{stub.url}/canary", "POST", {"Authorization": "canary"}, b"canary")
        result = await transport.fetch(call, allowance())
        await transport.aclose()

    assert "canary" not in caplog.text + repr(call) + repr(result)
