"""Keep HTTP/1.1 connections to one host and carry one exchange at a time on each.

Knows nothing of addresses below the host, of FHIR or of deadlines: the caller's timeout cancels it.
A connection is used again only after a response that ended cleanly with nothing behind it.
Why not the stock client: docs/decisions/0003-a-wire-of-our-own-to-sources.md.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from typing_extensions import override

from adapters.http_response import Head, NotHttpError, ResponseReader

# Large enough that a 300 KB answer is two reads, small enough for dozens of connections.
_READ_BYTES = 256 * 1024
# Body bytes that wait for a reader before the source is made to wait.
_MOST_PENDING_BYTES = 1024 * 1024
# Below the five seconds after which common servers close: a request must not meet a closing door.
_IDLE_SECONDS = 4.0


class CutOffError(Exception):
    """Say that the source closed the connection before its response was whole."""


class DroppedWhileIdleError(CutOffError):
    """Say that a kept connection had closed before any byte of a response came."""


class Wire(asyncio.BufferedProtocol):
    """One connection."""

    def __init__(self) -> None:
        self.idle_since = 0.0
        self._exchanges = 0
        self._buffer = memoryview(bytearray(_READ_BYTES))
        self._transport: asyncio.Transport | None = None
        self._reader: ResponseReader | None = None
        self._fault: Exception | None = None
        self._changed: asyncio.Future[None] | None = None

    @property
    def is_usable(self) -> bool:
        """Say whether it can carry an exchange."""
        return self._fault is None and self._transport is not None

    async def send(self, request: bytes) -> Head:
        """Send a request and wait for the head of its response.

        Raises DroppedWhileIdleError, CutOffError, NotHttpError or OSError.
        """
        assert self._transport is not None
        self._exchanges += 1
        reader = self._reader = ResponseReader()
        self._transport.write(request)
        try:
            while reader.head is None:
                await self._change()
        except (CutOffError, OSError) as error:
            if self._exchanges > 1 and not reader.has_begun:
                raise DroppedWhileIdleError("The connection closed between exchanges.") from error
            raise
        return reader.head

    async def read(self) -> list[bytes]:
        """Wait for more of the body; empty at its end.

        Raises CutOffError, NotHttpError or OSError.
        """
        reader = self._reader
        assert reader is not None
        while not reader.pending_bytes and not reader.is_complete:
            await self._change()
        parts = reader.take_parts()
        if self._transport is not None and self._fault is None:
            self._transport.resume_reading()
        return parts

    @property
    def has_extra_bytes(self) -> bool:
        """Say whether anything came behind the response under way."""
        return self._reader is not None and self._reader.has_extra_bytes

    def finish(self) -> None:
        """End the exchange; a connection that cannot carry another is closed."""
        reader, self._reader = self._reader, None
        if reader is None or not reader.may_keep_connection():
            self.abort()

    def abort(self) -> None:
        """Close at once."""
        self._fail(CutOffError("The connection is closed."))

    async def _change(self) -> None:
        if self._fault is not None:
            raise self._fault
        self._changed = asyncio.get_running_loop().create_future()
        await self._changed

    def _wake(self) -> None:
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)

    def _fail(self, fault: Exception) -> None:
        self._fault = self._fault or fault
        if self._transport is not None:
            self._transport.abort()
        self._wake()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    @override
    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    @override
    def buffer_updated(self, nbytes: int) -> None:
        if self._reader is None:
            # Nobody asked: what comes now could only pass for the next answer.
            self.abort()
            return
        try:
            self._reader.feed(self._buffer[:nbytes])
        except NotHttpError as error:
            self._fail(error)
        if self._reader.pending_bytes > _MOST_PENDING_BYTES and self._transport is not None:
            self._transport.pause_reading()
        self._wake()

    @override
    def eof_received(self) -> bool:
        return False

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._reader is not None and exc is None:
            self._reader.end()
        self._fail(exc or CutOffError("The source closed the connection."))


class WirePool:
    """Connections to one host; how many are open at once is the bulkhead's to bound."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self._host = host
        self._port = port
        self._tls = tls
        self._idle: deque[Wire] = deque()
        self._is_closed = False

    @asynccontextmanager
    async def wire(self, *, kept: bool) -> AsyncIterator[Wire]:
        """Lend a connection for one exchange, a kept one if wished and there is one."""
        wire = (self._idle_wire() if kept else None) or await self._connect()
        try:
            yield wire
        finally:
            wire.finish()
            self._keep(wire)

    def _idle_wire(self) -> Wire | None:
        oldest = asyncio.get_running_loop().time() - _IDLE_SECONDS
        while self._idle:
            # The last one used is the least likely to be closing.
            wire = self._idle.pop()
            if wire.is_usable and wire.idle_since > oldest:
                return wire
            wire.abort()
        return None

    async def _connect(self) -> Wire:
        loop = asyncio.get_running_loop()
        try:
            _, wire = await loop.create_connection(Wire, self._host, self._port, ssl=self._tls)
        except (ConnectionResetError, ConnectionAbortedError) as error:
            if self._tls is None:
                raise
            # Connected and then dropped: the other side found no TLS version or cipher in common.
            raise ssl.SSLError("The source ended the TLS handshake.") from error
        return wire

    def _keep(self, wire: Wire) -> None:
        if wire.is_usable and not self._is_closed:
            wire.idle_since = asyncio.get_running_loop().time()
            self._idle.append(wire)
        else:
            wire.abort()

    async def aclose(self) -> None:
        """Close every idle connection, and each of the others when its exchange ends."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().abort()
        # Transports close in the loop's next round; without it the loop may end before them.
        await asyncio.sleep(0)
