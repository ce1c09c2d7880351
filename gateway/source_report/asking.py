"""Ask one source single questions, as its adapter would, and time each answer.

Uses the adapter's own transport and credentials, without its breaker and its second tries: what is wrong is
to be seen, not to be got over. Keeps no address and writes none: one may hold an NHS number.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.limits import Allowance, ByteBudget
from adapters.source_client import SourceClient
from adapters.transport import Call, Fetched, Unfetched

Query = Sequence[tuple[str, str]]

FHIR_JSON = "application/fhir+json"
NO_TOKEN: Mapping[str, str] = {"Authorization": "Bearer not-a-token"}
"""Well formed, and issued by nobody."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, or why there is none, and how long that took."""

    result: Fetched | Unfetched = field(repr=False)
    seconds: float

    @property
    def status(self) -> int | None:
        """Give the HTTP status, where there was one."""
        if isinstance(self.result, Unfetched):
            return self.result.http_status
        return self.result.status

    @property
    def body(self) -> bytes:
        """Give the body; none of an answer that did not come whole."""
        return self.result.body if isinstance(self.result, Fetched) else b""


class Questioner:
    """The one who asks a source. Close it when done."""

    def __init__(self, client: SourceClient) -> None:
        self.client = client
        self.config = client.config

    async def ask(self, path: str, query: Query = ()) -> Answer:
        """Ask as ourselves, for an address below the source's base."""
        return await self.ask_url(self.client.endpoint.url_of(path, query))

    async def ask_url(self, url: str) -> Answer:
        """Ask as ourselves, for an address that the source gave."""
        return await self._timed(Call(url, headers=self._headers()), self._as_ourselves)

    async def ask_with(self, headers: Mapping[str, str], path: str, query: Query = ()) -> Answer:
        """Ask with these headers and no credentials of ours."""
        url = self.client.endpoint.url_of(path, query)
        return await self._timed(Call(url, headers={**self._headers(), **headers}), self._send)

    async def post(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a body with these headers and no credentials of ours."""
        call = Call(self.client.endpoint.url_of(path), "POST", headers, body)
        return await self._timed(call, self._send)

    async def aclose(self) -> None:
        """Close every connection."""
        await self.client.aclose()

    def _headers(self) -> Mapping[str, str]:
        return {"Accept": FHIR_JSON, "X-Request-ID": str(self.client.new_id())}

    async def _timed(self, call: Call, send: "_Sending") -> Answer:
        ends_at = asyncio.get_running_loop().time() + self.config.deadline_seconds
        allowance = Allowance(ends_at, ByteBudget(self.config.caps.decoded_bytes))
        began = self.client.monotonic()
        result = await send(call, allowance)
        return Answer(result, self.client.monotonic() - began)

    async def _as_ourselves(self, call: Call, allowance: Allowance) -> Fetched | Unfetched:
        shown = await self.client.credentials.headers(allowance.ends_at)
        if isinstance(shown, Unfetched):
            return shown
        return await self._send(
            Call(call.url, call.method, {**call.headers, **shown}, call.body), allowance
        )

    async def _send(self, call: Call, allowance: Allowance) -> Fetched | Unfetched:
        return await self.client.fetcher.fetch(call, allowance)


_Sending = Callable[[Call, Allowance], Awaitable[Fetched | Unfetched]]
