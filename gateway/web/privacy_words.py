"""Write what waits for a privacy officer: alerts, answers held back, safety events.

Decides nothing, and names nobody whose record it is. Wording: NHS content style guide.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from fhir_profiles.vocabulary import Category
from gateway.audit.words import AskedAct
from gateway.patient.alert_reviews import ReviewedAlert
from gateway.store.identity_holds import HeldAnswer
from gateway.store.privacy_alerts import PrivacyAlert
from gateway.store.safety_events import SafetyEvent
from gateway.store.words import AlertKind, AlertOutcome
from gateway.web.claim_form import CLAIM_REASON_WORDS
from gateway.web.dates_in_words import instant_in_words
from gateway.web.emergency_words import REASON_WORDS
from gateway.web.facts import Fact
from gateway.web.source_words import SourceName

OUTCOME_WORDS: Mapping[AlertOutcome, str] = {
    AlertOutcome.JUSTIFIED: "Justified",
    AlertOutcome.NOT_JUSTIFIED: "Not justified",
    AlertOutcome.ESCALATED: "Escalated",
}

_KINDS: Mapping[AlertKind, str] = {
    AlertKind.BREAK_GLASS: "Emergency access",
    AlertKind.SELF_CLAIM: "Care relationship claimed by the reader",
    AlertKind.UNAUTHORISED_ATTEMPT: "Attempt without the right to it",
    AlertKind.RESTRICTED_PERSON: "Access to a restricted person",
    AlertKind.RADAR: "Access that looks like snooping",
}

_ABBREVIATIONS = {
    "gp": "GP",
    "ed": "ED",
    "nhs111": "NHS 111",
    "amb": "ambulance",
    "mh": "mental health",
}
"""How the roles' names are said where a word of them is not one; the policy's own names stay otherwise."""

_PURPOSES: Mapping[str, str] = {
    "TREAT": "direct care",
    "ETREAT": "emergency, first step",
    "BTG": "emergency, sensitive items",
}

_REFUSALS: Mapping[str, str] = {
    "purpose-not-allowed": "the role has no emergency access",
    "not-for-role": "the role has no right to it",
    "no-role": "no role that is known here",
    "no-relationship": "no relationship with a restricted person",
    "unknown-person": "no such person",
    "sharing-restricted": "the person objects, without exception",
}

_CLAIM_REFUSALS: Mapping[str, str] = {
    "purpose-not-allowed": "the role does not claim relationships",
    "not-for-role": "the role does not claim relationships",
    "sharing-restricted": "the person objects",
    "too-many-claims": "more claims in a day than one person may make",
}

_CATEGORIES = frozenset(category.value for category in Category)
_OTHER = "other parts"
"""What is of no category, such as the list that holds a consultation together: its kind says nothing to an officer."""

_REASONS: Mapping[str, str] = {
    **{code.value: words for code, words in REASON_WORDS.items()},
    **{code.value: words for code, words in CLAIM_REASON_WORDS.items()},
}

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


def alert_in_words(reviewed: ReviewedAlert, organisations: Mapping[str, str]) -> Waiting:
    """Write an alert: who did or tried what, when and why."""
    alert = reviewed.alert
    place = organisations.get(alert.organisation, alert.organisation)
    why = " ".join(each.why for each in reviewed.hits)
    facts = (
        Fact("Who", f"{alert.user_name}, {_role(alert.role)}, {place}"),
        Fact("Noticed" if reviewed.hits else "When", instant_in_words(alert.raised_at)),
        Fact("Why", why),
        Fact("For", _PURPOSES.get(alert.purpose or "", "a purpose that is not one of theirs")),
        Fact("Reason given", _reason(alert.reason_code)),
        Fact("Refused", _refusal(alert)),
        Fact("Review by", "" if alert.outcome else instant_in_words(alert.due_at)),
    )
    return Waiting(
        _KINDS[alert.kind],
        f"alerts/{alert.id}",
        tuple(each for each in facts if each.words),
        reviewed.is_overdue,
        _settled(alert),
    )


def opened_in_words(opened: Mapping[str, int]) -> str:
    """Write how much of which kind was opened; empty when nothing was."""
    counted: Counter[str] = Counter()
    for name, count in opened.items():
        counted[name.replace("-", " ") if name in _CATEGORIES else _OTHER] += count
    found = sorted(counted.items(), key=lambda each: (each[0] == _OTHER, each[0]))
    return ", ".join(f"{name} {count}" for name, count in found if count)


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


def _reason(code: str | None) -> str:
    return "" if code is None else _REASONS.get(code, code)


def _refusal(alert: PrivacyAlert) -> str:
    words = _CLAIM_REFUSALS if alert.act == AskedAct.CLAIM else {}
    if alert.kind is AlertKind.RADAR:
        words = {"no-relationship": "no relationship with the person"}
    return {**_REFUSALS, **words}.get(alert.refusal or "", alert.refusal or "")


def _role(role: str) -> str:
    return " ".join(_ABBREVIATIONS.get(word, word) for word in role.split("_"))


def _settled(alert: PrivacyAlert) -> str:
    if alert.outcome is None or alert.settled_at is None:
        return ""
    return f"{OUTCOME_WORDS[alert.outcome]}, {instant_in_words(alert.settled_at)}"


def _source(source: str, names: Mapping[str, SourceName]) -> str:
    return names.get(source, SourceName(source, source)).label
