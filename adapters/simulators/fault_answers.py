"""Send the faulty answers: late, wrong, too large, cut off.

Does not decide when (`faults` does). Pure ASGI 3.0, so that a connection can be left unfinished.
"""

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import partial

import anyio
from anyio.abc import TaskGroup
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Answer = Callable[[Scope, Receive, Send], Awaitable[None]]

FHIR_JSON = "application/fhir+json"
DRIP_SECONDS = 0.15  # Slow enough that no deadline is met, fast enough to look alive.
LARGE_BYTES = 300 * 1024 * 1024  # Far above any cap on an answer (16 MiB).
_BLOCK = 64 * 1024
_LIE_BYTES = 1_000
_LOGIN_PAGE = "<!doctype html><title>Sign in</title><form method=post>Sign in to continue</form>"
_OUTCOME = (
    '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception",'
    '"diagnostics":"The back end is down."}]}'
)


def answer_for(kind: str, app: ASGIApp, target: str) -> Answer:
    """Give the answer of one kind of fault; some spoil what the application would have answered."""
    plain = _plain_answers(target).get(kind)
    return plain if plain is not None else _spoilt_answers(app)[kind]


def _plain_answers(target: str) -> dict[str, Answer]:
    return {
        "error-500": Response(_OUTCOME, 500, media_type=FHIR_JSON),
        "error-429": Response(_OUTCOME, 429, {"Retry-After": "2"}, FHIR_JSON),
        "unauthorised-401": Response("", 401, {"WWW-Authenticate": "Bearer"}),
        "login-page": Response(_LOGIN_PAGE, media_type="text/html"),
        "operation-outcome-200": Response(_OUTCOME, media_type=FHIR_JSON),
        "no-content-204": Response(status_code=204),
        "malformed-json": Response('{"resourceType":"Bundle","entry":[', media_type=FHIR_JSON),
        "redirect": Response(status_code=302, headers={"Location": target}),
    }


def _spoilt_answers(app: ASGIApp) -> dict[str, Answer]:
    return {
        "hang": _hang,
        "drip": partial(_drip, app),
        "too-large": partial(_stream, {}, _large),
        "gzip-bomb": partial(_stream, {"content-encoding": "gzip"}, _bomb),
        "endless": partial(_stream, {}, _endless),
        "truncated": partial(_cut_off, app),
        "length-lie": partial(_promise_more, app),
        "reset": partial(_break_off, app),
    }


async def _hang(_scope: Scope, receive: Receive, _send: Send) -> None:
    await _wait_for_disconnect(receive)


async def _drip(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    start, body = await _collect(app, scope, receive)

    async def drops() -> AsyncIterator[bytes]:
        for place in range(len(body)):
            yield body[place : place + 1]
            await anyio.sleep(DRIP_SECONDS)

    await _send_until_disconnect(start, drops(), receive, send)


async def _stream(
    headers: dict[str, str],
    blocks: Callable[[], AsyncIterator[bytes]],
    _scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    await _send_until_disconnect(_start(headers), blocks(), receive, send)


async def _large() -> AsyncIterator[bytes]:
    yield b'{"resourceType":"Bundle","implicitRules":"'
    for _ in range(LARGE_BYTES // _BLOCK):
        yield b"a" * _BLOCK
    yield b'"}'


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b" " * 1024


async def _bomb() -> AsyncIterator[bytes]:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)  # 31 asks zlib for a gzip wrapper.
    zeros = bytes(1024 * 1024)
    for _ in range(LARGE_BYTES // len(zeros)):
        yield squeeze.compress(zeros)
    yield squeeze.flush()


async def _cut_off(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    start, body = await _collect(app, scope, receive)
    await _leave_unfinished(_declaring(start, len(body)), body[: len(body) // 2], send)


async def _promise_more(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    start, body = await _collect(app, scope, receive)
    await _leave_unfinished(_declaring(start, len(body) + _LIE_BYTES), body, send)


async def _break_off(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    start, body = await _collect(app, scope, receive)
    await _leave_unfinished(_declaring(start, None), body[: len(body) // 2], send)


async def _leave_unfinished(start: Message, body: bytes, send: Send) -> None:
    # A server closes the connection of an application that returns before its last part.
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _collect(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    return messages[0], b"".join(message.get("body", b"") for message in messages[1:])


def _declaring(start: Message, length: int | None) -> Message:
    kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    declared = [] if length is None else [(b"content-length", str(length).encode())]
    return {**start, "headers": [*kept, *declared]}


def _start(headers: dict[str, str]) -> Message:
    named: Iterable[tuple[str, str]] = {"content-type": FHIR_JSON, **headers}.items()
    raw = [(name.encode(), value.encode()) for name, value in named]
    return {"type": "http.response.start", "status": 200, "headers": raw}


async def _send_until_disconnect(
    start: Message, blocks: AsyncIterator[bytes], receive: Receive, send: Send
) -> None:
    await send(start)
    async with anyio.create_task_group() as group:
        group.start_soon(_stop_on_disconnect, group, receive)
        async for block in blocks:
            await send({"type": "http.response.body", "body": block, "more_body": True})
            await anyio.lowlevel.checkpoint()
        await send({"type": "http.response.body", "body": b""})
        group.cancel_scope.cancel()


async def _stop_on_disconnect(group: TaskGroup, receive: Receive) -> None:
    await _wait_for_disconnect(receive)
    group.cancel_scope.cancel()


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
