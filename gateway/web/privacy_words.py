"""Write what waits for a privacy officer: answers held back, safety events.

Decides nothing, and names nobody whose record it is. Wording: NHS content style guide.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.store.identity_holds import HeldAnswer
from gateway.store.safety_events import SafetyEvent
from gateway.web.dates_in_words import instant_in_words
from gateway.web.facts import Fact
from gateway.web.source_words import SourceName

_DOUBTS: Mapping[str, str] = {
    "number-not-verified": "the source says that the NHS number is not verified",
    "demographics-differ": "name and date of birth are not this person’s",
    "foreign-subject": "the source answered about somebody else",
    "conflicting-copies": "the source gave one item in two versions",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits, or was settled: what, its facts, and where it is acted upon.

    `settled` is empty while it waits.
    """

    title: str
    path: str
    facts: tuple[Fact, ...]
    is_overdue: bool = False
    settled: str = ""


def hold_in_words(held: HeldAnswer, names: Mapping[str, SourceName]) -> Waiting:
    """Write what is held back, and why."""
    facts = (
        Fact("Since", instant_in_words(held.held_at)),
        Fact("Why", _DOUBTS.get(held.reason, held.reason)),
    )
    title = _source(held.source, names)
    at = held.rejected_at
    settled = "" if at is None else f"Somebody else’s: {instant_in_words(at)}"
    return Waiting(title, f"holds/{held.decision_id}/{held.source}", facts, settled=settled)


def event_in_words(event: SafetyEvent, names: Mapping[str, SourceName]) -> Waiting:
    """Write a safety event."""
    facts = (
        Fact("When", instant_in_words(event.occurred_at)),
        Fact("Hazard", event.kind),
        Fact("Why", _DOUBTS.get(event.reason, event.reason)),
    )
    return Waiting(_source(event.source, names), f"safety-events/{event.id}", facts)


def _source(source: str, names: Mapping[str, SourceName]) -> str:
    return names.get(source, SourceName(source, source)).label
