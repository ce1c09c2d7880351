"""Fetch one answer from one source, as hostile bytes under one deadline and one byte cap.

Keeps no cookies, follows no redirect, reads no proxy settings, sends nothing outside the source's
base address, and logs nothing: addresses, headers and bodies identify people. Retries and breakers
are `source_client`'s. Follows RFC 9110, RFC 9112 and the project's design rule for source answers.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from adapters.contract import Outcome, Reason
from adapters.decoding import Decoder, UndecodableError, decoder_for
from adapters.http_response import Head, NotHttpError
from adapters.limits import Allowance, OverBudgetError
from adapters.paging import Endpoint
from adapters.source_config import SourceConfig, TlsFiles
from adapters.wire import CutOffError, DroppedWhileIdleError, Wire, WirePool

# Kept headers are those that decide something; the rest may echo secrets or people.
_KEPT_HEADERS = (
    "retry-after",
    "etag",
    "last-modified",
    "age",
    "x-security-context",
    "content-location",
    "x-progress",
)
_TARGET = re.compile(r"[!-~]+")
_LINE = re.compile(r"[ -~]+")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a source; nothing of it is in its repr."""

    url: str = field(repr=False)
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer, whatever its status; redirects are never among them."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Unfetched:
    """Why there is no whole answer."""

    outcome: Outcome
    reason: Reason
    http_status: int | None = None


class Fetcher(Protocol):
    """What can fetch: the transport, and whatever is put around it."""

    async def fetch(self, call: Call, allowance: Allowance) -> Fetched | Unfetched:
        """Send one call; every failure is a value, only cancellation is raised."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...


class Transport:
    """Connections to one source."""

    def __init__(self, config: SourceConfig) -> None:
        self._endpoint = Endpoint(config.base_url)
        parts = urlsplit(config.base_url)
        tls = tls_context(config.tls) if parts.scheme == "https" else None
        self._authority = parts.netloc
        self._pool = WirePool(parts.hostname or "", parts.port or (443 if tls else 80), tls)

    async def fetch(self, call: Call, allowance: Allowance) -> Fetched | Unfetched:
        """Send one call; every failure is a value, only cancellation is raised."""
        if not self._endpoint.holds(call.url):
            return Unfetched(Outcome.FAILED, Reason.PAGING_HOST)
        request = request_bytes(call, self._authority)
        if request is None:
            return Unfetched(Outcome.FAILED, Reason.ADAPTER_FAULT)
        try:
            async with asyncio.timeout_at(allowance.ends_at):
                return await self._exchange(request, call.method, allowance)
        except TimeoutError:
            return Unfetched(Outcome.TIMED_OUT, Reason.DEADLINE)
        except ssl.SSLError:
            return Unfetched(Outcome.FAILED, Reason.TLS)
        except (CutOffError, NotHttpError, OSError):
            return Unfetched(Outcome.FAILED, Reason.CONNECTION)

    async def _exchange(
        self, request: bytes, method: str, allowance: Allowance
    ) -> Fetched | Unfetched:
        try:
            async with self._pool.wire(kept=True) as wire:
                return await _receive(wire, await wire.send(request), allowance)
        except DroppedWhileIdleError:
            # RFC 9110 section 9.2.2: only what is safe to do twice may be sent again unasked.
            if method != "GET":
                raise
        async with self._pool.wire(kept=False) as wire:
            return await _receive(wire, await wire.send(request), allowance)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


def request_bytes(call: Call, authority: str) -> bytes | None:
    """Write a request; None when a part of it could break out of its line."""
    parts = urlsplit(call.url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    headers = {"Host": authority, "Accept-Encoding": "identity", **call.headers}
    if call.body:
        headers["Content-Length"] = str(len(call.body))
    lines = [f"{call.method} {target} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    if _TARGET.fullmatch(target) is None or any(_LINE.fullmatch(one) is None for one in lines):
        return None
    return "\r\n".join((*lines, "\r\n")).encode("ascii") + call.body


async def _receive(wire: Wire, head: Head, allowance: Allowance) -> Fetched | Unfetched:
    if HTTPStatus.MULTIPLE_CHOICES <= head.status < HTTPStatus.BAD_REQUEST:
        return Unfetched(Outcome.FAILED, Reason.REDIRECT, head.status)
    decoder = decoder_for(head.headers.get("content-encoding", ""), allowance.budget)
    if decoder is None:
        return Unfetched(Outcome.FAILED, Reason.CONTENT_TYPE, head.status)
    try:
        fault = await _read_body(wire, head, decoder, allowance)
        return Unfetched(Outcome.FAILED, fault, head.status) if fault else _whole(head, decoder)
    except OverBudgetError:
        return Unfetched(Outcome.FAILED, Reason.TOO_LARGE, head.status)
    except UndecodableError:
        return Unfetched(Outcome.FAILED, Reason.UNREADABLE, head.status)
    except (CutOffError, NotHttpError):
        return Unfetched(Outcome.FAILED, Reason.LENGTH_MISMATCH, head.status)


async def _read_body(
    wire: Wire, head: Head, decoder: Decoder, allowance: Allowance
) -> Reason | None:
    # llhttp has refused a length that is no number, or two of them.
    if int(head.headers.get("content-length", "0")) > allowance.budget.left:
        return Reason.TOO_LARGE
    while parts := await wire.read():
        for part in parts:
            decoder.feed(part)
    return Reason.LENGTH_MISMATCH if wire.has_extra_bytes else None


def _whole(head: Head, decoder: Decoder) -> Fetched:
    kept = {name: head.headers[name] for name in _KEPT_HEADERS if name in head.headers}
    media_type = head.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Fetched(head.status, media_type, decoder.finish(), kept)


def tls_context(files: TlsFiles) -> ssl.SSLContext:
    """Verify certificates and names, speak TLS 1.2 or later, show our certificate when configured."""
    context = ssl.create_default_context(cafile=files.trusted_roots)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if files.client_certificate is not None:
        context.load_cert_chain(files.client_certificate, files.client_key)
    return context
