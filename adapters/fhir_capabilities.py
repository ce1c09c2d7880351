"""Know what a FHIR R4 server declares: types, `$everything`, `$export`, includes.

A server that does not say is asked by plain search alone. Follows FHIR R4 CapabilityStatement.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import msgspec

from adapters.contract import Outcome, Reason
from adapters.resilience import is_failing_status
from adapters.source_client import Asking, SourceClient
from adapters.transport import Fetched, Unfetched

# Servers change with releases, not within the hour.
_KEPT_SECONDS = 3600.0
# For a server that answers and declares nothing; one that fails is asked again each time, because
# searching it for what it does not hold would make its next answer look failed too.
_KEPT_WITHOUT_DECLARATION_SECONDS = 60.0
# A hanging declaration must leave time to ask for the record itself.
_SHARE_OF_DEADLINE = 0.25


class _Operation(msgspec.Struct):
    name: str = ""
    definition: str = ""


class _DeclaredType(msgspec.Struct, rename={"search_include": "searchInclude"}):
    type: str = ""
    search_include: list[str] = []
    operation: list[_Operation] = []


class _Rest(msgspec.Struct):
    mode: str = ""
    resource: list[_DeclaredType] = []
    operation: list[_Operation] = []


class _Statement(msgspec.Struct, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    rest: list[_Rest] = []


_DECODER = msgspec.json.Decoder(_Statement)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server declares; `types` is empty when it does not say.

    `is_unread` says that what it declares could not be read, so it may hold anything.
    """

    types: frozenset[str] = frozenset()
    includes: frozenset[str] = frozenset()
    has_everything: bool = False
    has_export: bool = False
    is_unread: bool = False


SEARCH_ONLY = Capabilities()
_UNREAD = Capabilities(is_unread=True)
# The server answers that there is no such thing, which is not a failure to say.
_DECLARES_NOTHING = frozenset(
    {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE}
)


class CapabilityCache:
    """One server's declaration, read when first needed and again after an hour."""

    def __init__(self, client: SourceClient, monotonic: Callable[[], float]) -> None:
        self._client = client
        self._monotonic = monotonic
        self._known = _UNREAD
        self._read_again_at: float | None = None

    async def read(self, asking: Asking) -> Capabilities:
        """Give what the server declares, within the asking's own deadline."""
        now = self._monotonic()
        if self._read_again_at is not None and now < self._read_again_at:
            return self._known
        result = await self._fetch(asking)
        told = _told_by(result)
        # What it declared before stays the best that is known of it.
        if told.types or not self._known.types:
            self._known = told
        if isinstance(result, Fetched) and not is_failing_status(result.status):
            kept = _KEPT_SECONDS if told.types else _KEPT_WITHOUT_DECLARATION_SECONDS
            self._read_again_at = now + kept
        return self._known

    async def _fetch(self, asking: Asking) -> Fetched | Unfetched:
        url = self._client.endpoint.url_of("metadata")
        try:
            async with asyncio.timeout(self._client.config.deadline_seconds * _SHARE_OF_DEADLINE):
                return await asking.get(url, {"Accept": "application/fhir+json"})
        except TimeoutError:
            return Unfetched(Outcome.TIMED_OUT, Reason.DEADLINE)


def _told_by(result: Fetched | Unfetched) -> Capabilities:
    if isinstance(result, Unfetched):
        return _UNREAD
    if result.status in _DECLARES_NOTHING:
        return SEARCH_ONLY
    return _capabilities_of(result.body) if result.status == HTTPStatus.OK else _UNREAD


def _capabilities_of(body: bytes) -> Capabilities:
    try:
        statement = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _UNREAD
    if statement.resource_type != "CapabilityStatement":
        return _UNREAD
    servers = [rest for rest in statement.rest if rest.mode == "server"]
    return _declared_by(servers[0]) if servers else SEARCH_ONLY


def _declared_by(rest: _Rest) -> Capabilities:
    patients = [declared for declared in rest.resource if declared.type == "Patient"]
    operations = [*rest.operation, *(one for patient in patients for one in patient.operation)]
    return Capabilities(
        types=frozenset(declared.type for declared in rest.resource),
        includes=frozenset(include for one in rest.resource for include in one.search_include),
        has_everything=any(_is_everything(operation) for operation in operations),
        has_export=any(_is_export_of_all(operation) for operation in rest.operation),
    )


def _is_everything(operation: _Operation) -> bool:
    named = operation.name in {"everything", "$everything", "patient-everything"}
    return named or operation.definition.endswith("/Patient-everything")


def _is_export_of_all(operation: _Operation) -> bool:
    """Say whether an operation exports the whole server (FHIR Bulk Data Access, system level)."""
    return operation.name in {"export", "$export"} or operation.definition.endswith("/export")
