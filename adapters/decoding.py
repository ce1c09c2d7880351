"""Undo Content-Encoding under a cap.

Takes gzip and deflate (zlib) only; every other coding is refused by the transport.
Follows RFC 9110 section 8.4.1, RFC 1950 and RFC 1952.
"""

import zlib
from typing import Protocol

from adapters.limits import ByteBudget

# Small enough that what a bomb makes beyond the cap is nothing, large enough to be quick.
_STEP_BYTES = 64 * 1024
_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS


class UndecodableError(Exception):
    """Say that compressed bytes are broken or stop short."""


class Decoder(Protocol):
    """Turns received bytes into kept bytes, charging the budget first."""

    def feed(self, data: bytes) -> None:
        """Take the next received bytes."""
        ...

    def finish(self) -> bytes:
        """Give everything decoded."""
        ...


class IdentityDecoder:
    """Keeps bytes as they came."""

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self._parts: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Take the next received bytes."""
        self._budget.take(len(data))
        self._parts.append(data)

    def finish(self) -> bytes:
        """Give everything received."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)


class InflatingDecoder:
    """Inflates gzip (also several members) or zlib in small steps, so a bomb stops at the cap."""

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self._parts: list[bytes] = []
        self._member = zlib.decompressobj(_ZLIB_OR_GZIP)
        self._has_begun = False

    def feed(self, data: bytes) -> None:
        """Take the next received bytes.

        Raises UndecodableError on broken data, OverBudgetError at the cap.
        """
        self._has_begun = self._has_begun or bool(data)
        pending, part = data, b""
        # A full step may leave output inside zlib although all input is used.
        while pending or len(part) == _STEP_BYTES:
            part = self._inflate(pending)
            self._budget.take(len(part))
            self._parts.append(part)
            pending = self._member.unconsumed_tail or self._member.unused_data

    def _inflate(self, data: bytes) -> bytes:
        if self._member.eof:
            self._member = zlib.decompressobj(_ZLIB_OR_GZIP)
        try:
            return self._member.decompress(data, _STEP_BYTES)
        except zlib.error as error:
            raise UndecodableError("The compressed answer is broken.") from error

    def finish(self) -> bytes:
        """Give everything inflated.

        Raises UndecodableError when the last member stops short.
        """
        if self._has_begun and not self._member.eof:
            raise UndecodableError("The compressed answer stops short.")
        return b"".join(self._parts)


def decoder_for(content_encoding: str, budget: ByteBudget) -> Decoder | None:
    """Choose the decoder of one coding; None when we do not take it."""
    match content_encoding.strip().lower():
        case "" | "identity":
            return IdentityDecoder(budget)
        case "gzip" | "x-gzip" | "deflate":
            return InflatingDecoder(budget)
        case _:
            return None
