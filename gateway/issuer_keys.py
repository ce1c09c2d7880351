"""Keep the signing keys of an identity provider: bounded, rarely refetched, weak ones left out.

Does not check tokens. Follows RFC 7517 (JWK sets) and RFC 8725 (JWT best practice).
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from adapters.limits import Allowance, ByteBudget
from adapters.source_config import SourceConfig, SourceDialect
from adapters.transport import Call, Transport, Unfetched
from gateway.errors import UnavailableError
from gateway.key_strength import is_strong

REFETCH_PAUSE = timedelta(seconds=60)
"""A thousand tokens with unknown key ids must not become a thousand calls to the issuer."""

KEYS_LAST = timedelta(minutes=5)
"""A key that the issuer withdrew is refused after this long."""

KEYS_LAST_WITHOUT_ISSUER = timedelta(hours=24)
"""While the issuer does not answer, the last good keys stand this long, then nobody gets in."""

FETCH_SECONDS = 2.0
KEY_SET_BYTES = 256 * 1024
"""A hundred times a usual key set; an issuer that sends more is not well."""

FetchKeys = Callable[[], Awaitable[Mapping[str, Any]]]


def key_fetcher(url: str) -> FetchKeys:
    """Give the function that reads an issuer's key set over the same bounded transport as sources.

    It raises UnavailableError for anything but a JSON object in time and within the cap.
    """
    config = SourceConfig("issuer", SourceDialect.FHIR_R4, url, "", FETCH_SECONDS)

    async def fetch() -> Mapping[str, Any]:
        # Asked at most once a minute: a kept connection would be stale, and nobody would close it.
        transport = Transport(config)
        ends_at = asyncio.get_running_loop().time() + FETCH_SECONDS
        try:
            result = await transport.fetch(Call(url), Allowance(ends_at, ByteBudget(KEY_SET_BYTES)))
        finally:
            await transport.aclose()
        if isinstance(result, Unfetched) or result.status != HTTPStatus.OK:
            raise UnavailableError("The identity provider's keys cannot be read.")
        return _json_object(result.body)

    return fetch


def _json_object(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise UnavailableError("The identity provider's keys cannot be read.") from fault
    if not isinstance(document, dict):
        raise UnavailableError("The identity provider's keys cannot be read.")
    return document


class IssuerKeys:
    """Keep one issuer's signing keys, refetched on age or on an unknown key id, rarely and bounded."""

    def __init__(self, fetch: FetchKeys, clock: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._asking: asyncio.Future[None] | None = None

    async def find(self, key_id: str) -> Key | None:
        """Give the key of this id; asks the issuer again at most once a minute.

        Raises UnavailableError when there are no keys young enough to trust.
        """
        if self._is_older_than(KEYS_LAST) or key_id not in self._keys:
            await self._refetch()
        if self._is_older_than(KEYS_LAST_WITHOUT_ISSUER):
            raise UnavailableError("The identity provider's keys cannot be read.")
        return self._keys.get(key_id)

    def _is_older_than(self, age: timedelta) -> bool:
        return self._fetched_at is None or self._clock() - self._fetched_at > age

    async def _refetch(self) -> None:
        if self._asking is None or self._asking.done():
            if not self._may_ask():
                return
            self._asking = asyncio.ensure_future(self._ask())
        # Whoever comes meanwhile waits for the same answer, and whoever leaves takes it from nobody.
        await asyncio.shield(self._asking)

    def _may_ask(self) -> bool:
        return self._tried_at is None or self._clock() - self._tried_at >= REFETCH_PAUSE

    async def _ask(self) -> None:
        self._tried_at = now = self._clock()
        try:
            document = await self._fetch()
        except UnavailableError:
            return  # the last good keys stand until they are too old
        if isinstance(document.get("keys"), list):
            # A set that is empty takes every key away; a document that is no set takes none.
            self._keys, self._fetched_at = usable_keys(document), now


def usable_keys(document: Mapping[str, Any]) -> dict[str, Key]:
    """Read a JWK set, leaving out symmetric, weak, nameless and duplicated keys."""
    found: dict[str, Key] = {}
    seen: set[str] = set()
    entries = document.get("keys")
    for entry in entries if isinstance(entries, list) else []:
        key_id = entry.get("kid") if isinstance(entry, dict) else None
        if not isinstance(key_id, str) or not key_id:
            continue
        key = _read_key(entry)
        if key is not None and key_id not in seen:
            found[key_id] = key
        elif key_id in seen:
            found.pop(key_id, None)
        seen.add(key_id)
    return found


def _read_key(entry: dict[str, Any]) -> Key | None:
    try:
        keys = KeySet.import_key_set({"keys": [entry]}).keys
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return keys[0] if is_strong(keys[0]) else None
