"""Speak just enough HTTP/1.1 to carry bytes: a server and a client that parse no body.

For measuring only: no timeouts, no TLS, one exchange at a time on a connection. RFC 9112.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from typing_extensions import override

Send = Callable[[bytes], None]
Respond = Callable[[bytes, Send], None]

_END_OF_HEAD = b"\r\n\r\n"


def answer_bytes(body: bytes, status: str = "200 OK") -> bytes:
    """Write a whole answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/fhir+json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def request_bytes(target: str, **headers: str) -> bytes:
    """Write a whole request to this machine; `Purpose_Of_Use` is sent as `Purpose-Of-Use`."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join((f"GET {target} HTTP/1.1", *lines, "", "")).encode()


class Serving(asyncio.Protocol):
    """One accepted connection; `respond` is given each request's target and sends the answer."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._received = b""
        self._send: Send | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep how to answer."""
        self._send = cast("asyncio.Transport", transport).write

    @override
    def data_received(self, data: bytes) -> None:
        """Answer as soon as a request's head is whole; requests have no body."""
        self._received += data
        if self._received.endswith(_END_OF_HEAD) and self._send is not None:
            target = self._received.split(b" ", 2)[1]
            self._received = b""
            self._respond(target, self._send)


class Answer:
    """One answer as it came: its head, and the parts of its body."""

    __slots__ = ("began_at", "head", "parts")

    def __init__(self, head: bytes, began_at: float) -> None:
        self.head = head
        self.began_at = began_at
        self.parts: list[bytes] = []

    @property
    def body(self) -> bytes:
        """Give the body in one piece."""
        return b"".join(self.parts)


class Asking(asyncio.Protocol):
    """One kept connection to a server, for one exchange at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._left = 0
        self._answer: Answer | None = None
        self._whole: asyncio.Future[Answer] | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep how to ask."""
        self._transport = cast("asyncio.Transport", transport)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """End an exchange that is under way."""
        if self._whole is not None and not self._whole.done():
            closed = exc or ConnectionError("The server closed the connection.")
            self._whole.set_exception(closed)

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        """Send a request; the future ends with the last byte of its answer."""
        assert self._transport is not None
        self._whole = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._whole

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    @override
    def data_received(self, data: bytes) -> None:
        """Collect the answer."""
        if self._answer is None:
            self._head += data
            head, found, data = self._head.partition(_END_OF_HEAD)
            if not found:
                return
            self._head = b""
            self._left = _content_length(head)
            self._answer = Answer(head, asyncio.get_running_loop().time())
        self._answer.parts.append(data)
        self._left -= len(data)
        if self._left <= 0:
            whole, answer = self._whole, self._answer
            self._whole = self._answer = None
            assert whole is not None
            whole.set_result(answer)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ConnectionError("The answer does not say how long it is.")


async def connected(port: int) -> Asking:
    """Open a connection to a server on this machine."""
    _transport, asking = await asyncio.get_running_loop().create_connection(
        Asking, "127.0.0.1", port
    )
    return asking
