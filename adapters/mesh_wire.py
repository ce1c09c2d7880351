"""Carry one exchange with a MESH server: a request, and an answer with the headers that say what it is.

The transport for sources keeps no header that could name somebody; here some decide whose an answer is. Follows no redirect,
keeps no connection, logs nothing.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from adapters.contract import Outcome, Reason
from adapters.http_response import Head, NotHttpError
from adapters.limits import ByteBudget, OverBudgetError
from adapters.paging import Endpoint
from adapters.source_config import SourceConfig
from adapters.transport import Call, Unfetched, request_bytes, tls_context
from adapters.wire import CutOffError, Wire, WirePool


@dataclass(frozen=True, slots=True)
class Received:
    """A whole answer that is no failure."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class MeshWire:
    """Connections to one MESH server."""

    def __init__(self, config: SourceConfig) -> None:
        self.endpoint = Endpoint(config.base_url)
        self._seconds = config.deadline_seconds
        self._most_bytes = config.caps.decoded_bytes
        parts = urlsplit(config.base_url)
        tls = tls_context(config.tls) if parts.scheme == "https" else None
        self._authority = parts.netloc
        self._pool = WirePool(parts.hostname or "", parts.port or (443 if tls else 80), tls)

    async def exchange(self, call: Call) -> Received | Unfetched:
        """Send one call; every failure is a value, an answer with another status than 2xx is one."""
        request = request_bytes(call, self._authority)
        if request is None or not self.endpoint.holds(call.url):
            return Unfetched(Outcome.FAILED, Reason.ADAPTER_FAULT)
        try:
            async with asyncio.timeout(self._seconds), self._pool.wire(kept=False) as wire:
                return await self._received(wire, await wire.send(request))
        except TimeoutError:
            return Unfetched(Outcome.TIMED_OUT, Reason.DEADLINE)
        except OverBudgetError:
            return Unfetched(Outcome.FAILED, Reason.TOO_LARGE)
        except (CutOffError, NotHttpError, OSError, ssl.SSLError):
            return Unfetched(Outcome.FAILED, Reason.CONNECTION)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()

    async def _received(self, wire: Wire, head: Head) -> Received | Unfetched:
        budget, parts = ByteBudget(self._most_bytes), []
        while found := await wire.read():
            for part in found:
                budget.take(len(part))
                parts.append(part)
        if head.status == HTTPStatus.PARTIAL_CONTENT or not HTTPStatus.OK <= head.status < 300:
            # 206 is the first chunk of several: a list that is only begun must never count as whole.
            return Unfetched(Outcome.FAILED, Reason.HTTP_STATUS, head.status)
        if head.headers.get("content-encoding", "identity") != "identity":
            return Unfetched(Outcome.FAILED, Reason.CONTENT_TYPE, head.status)
        return Received(head.status, head.headers, b"".join(parts))
