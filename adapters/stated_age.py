"""Read when an answer was made, as far as its source states it.

Measures nothing: an answer that states no time is taken for new. Follows FHIR R4 Bundle (`meta.lastUpdated`
of a search result) and RFC 9111 section 5.1 (Age).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from adapters.contract import Outcome, SourceAnswer

STALE_AFTER = timedelta(minutes=15)
"""Servers give the same search again for a minute or so, and clocks are some minutes apart."""

# RFC 9111 section 1.2.2: what is greater than can be told is this.
_MOST_SECONDS = 2**31


class _Meta(msgspec.Struct, rename={"last_updated": "lastUpdated"}):
    last_updated: str | None = None


_META = msgspec.json.Decoder(_Meta)


def made_at(meta: bytes, age: str, now: datetime) -> datetime | None:
    """Give the oldest time that a Bundle's meta and the Age header state, None when they state none."""
    stated = [each for each in (_updated(meta), _aged(age, now)) if each is not None]
    return min(stated, default=None)


def with_age(answer: SourceAnswer, made: Sequence[datetime | None], now: datetime) -> SourceAnswer:
    """Mark an answer as stale when its oldest part says that it is old."""
    oldest = min((each for each in made if each is not None), default=now)
    if answer.outcome not in {Outcome.DATA, Outcome.EMPTY} or now - oldest < STALE_AFTER:
        return answer
    return replace(answer, outcome=Outcome.STALE, stale_since=oldest)


def _updated(meta: bytes) -> datetime | None:
    try:
        text = _META.decode(meta).last_updated
        instant = datetime.fromisoformat(text or "")
        # An instant has a zone; without one nobody knows how old it is.
        return None if instant.tzinfo is None else instant.astimezone(UTC)
    except (msgspec.DecodeError, ValueError, OverflowError):
        return None


def _aged(age: str, now: datetime) -> datetime | None:
    text = age.strip()
    if not (text.isascii() and text.isdigit()):
        return None
    seconds = int(text) if len(text) < len(str(_MOST_SECONDS)) else _MOST_SECONDS
    return now - timedelta(seconds=seconds)
