"""Say in words what each source contributed and what a reader must not conclude.

Decides no state: `gateway/patient/sections.py` and `receipt.py` do. Wording: the joined-up view's source strip.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from adapters.contract import Notice, NoticeKind, Outcome
from fhir_profiles.vocabulary import Category
from gateway.patient.people import Difference
from gateway.patient.receipt import SourceLine
from gateway.patient.sections import SAYS_WHERE_IT_LACKS, notices_on
from gateway.settings import Settings, SourceSettings
from gateway.web.dates_in_words import date_in_words, instant_in_words

_GAPS: Mapping[Outcome, str] = {
    Outcome.DATA: "answered in part",
    Outcome.EMPTY: "answered in part",
    Outcome.NOT_ASKED: "was not asked",
    Outcome.TIMED_OUT: "did not answer",
    Outcome.REFUSED: "did not give its record",
    Outcome.WRONG_PATIENT: "did not give its record",
    Outcome.WITHHELD: "held something back",
    Outcome.MALFORMED: "gave an answer that could not all be read",
    Outcome.STALE: "gave old information",
    Outcome.FAILED: "could not be reached",
}

_HELD_BACK = "Some information is not shown at the patient's request or is restricted."
_WITHDRAWN = "What others show may have been corrected or withdrawn there."
_DIFFERENCES = {
    Difference.NAME: "name",
    Difference.BIRTH_DATE: "date of birth",
    Difference.GENDER: "gender",
}


@dataclass(frozen=True, slots=True)
class SourceName:
    """What a source is called, alone and at the beginning of a sentence.

    `says_of_everything` are statuses that it gives every item, so that they tell nothing of one.
    """

    label: str
    subject: str
    says_of_everything: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SourceWords:
    """One source's line of the completeness strip."""

    label: str
    is_complete: bool
    sentences: tuple[str, ...]


def source_names(settings: Settings) -> Mapping[str, SourceName]:
    """Name every configured source after its organisation, or after what it is."""
    organisations = {row.code: row.name for row in settings.organisation}
    return {source.id: _name(source, organisations) for source in settings.source}


def line_in_words(line: SourceLine, name: SourceName) -> SourceWords:
    """Write one source's line."""
    sentences = (
        _sentence(_ending(line)),
        *map(_notice, line.notices),
        *((_WITHDRAWN,) if line.may_have_withdrawn else ()),
        *(_difference(each, name) for each in sorted(line.differences)),
    )
    return SourceWords(name.label, line.is_complete, tuple(dict.fromkeys(sentences)))


def gap_in_words(line: SourceLine) -> str:
    """Write what a source did instead of giving its whole record."""
    if _is_held(line):
        return "was not asked, because its record may be somebody else's"
    return _GAPS[line.outcome] + (_age(line) if line.outcome is Outcome.STALE else "")


def _is_held(line: SourceLine) -> bool:
    return any(notice.kind is NoticeKind.IDENTITY_HOLD for notice in line.notices)


def gap_of_category_in_words(line: SourceLine, name: SourceName, category: Category) -> str:
    """Write why a source's part of one category is not whole: what it says of it, else what it did."""
    kinds = _kinds_on(line, category) if line.outcome in SAYS_WHERE_IT_LACKS else frozenset()
    said = next((words for kind, words in _SHORTFALLS.items() if kind in kinds), None)
    if said is None:
        return f"{name.subject} {gap_in_words(line)}"
    whole = name.subject[:1].lower() + name.subject[1:]
    return said.format(subject=name.subject, whole=whole, before=_before(line))


# What leaves most untold stands for all that is said of a section.
_SHORTFALLS: Mapping[NoticeKind, str] = {
    NoticeKind.AREA_SWITCHED_OFF: "Not available from {whole}, which has this part switched off",
    NoticeKind.UNREADABLE_PART: "{subject} gave something here that could not be read",
    NoticeKind.CONFIDENTIAL_ITEMS: "{subject} holds something back here",
    NoticeKind.DATA_IN_TRANSIT: (
        "{subject}'s transfer is not complete: entries{before} may be missing"
    ),
    NoticeKind.DATA_AWAITING_FILING: "{subject} has items that are not yet filed",
}


def _kinds_on(line: SourceLine, category: Category) -> frozenset[NoticeKind]:
    return frozenset(notice.kind for notice in notices_on(line, category))


def _before(line: SourceLine) -> str:
    days = [notice.since for notice in line.notices if notice.since is not None]
    return f" before {date_in_words(max(days).isoformat())}" if days else ""


def _name(source: SourceSettings, organisations: Mapping[str, str]) -> SourceName:
    match source.kind:
        case "gp-connect":
            # GP Connect marks every allergy so: shown, it would read as doubt.
            return SourceName("GP record", "The GP record", frozenset({"unconfirmed"}))
        case "gp-london":
            return SourceName("GP record, London", "London's GP record")
        case "pds":
            return SourceName("Personal Demographics Service", "The Personal Demographics Service")
        case "fhir-r4" | "ambulance-r4":
            kind = "Ambulance record" if source.kind == "ambulance-r4" else "Hospital record"
            name = organisations.get(source.organisation or "")
            return SourceName(f"{kind}, {name}" if name else kind, f"The {kind.lower()}")
        case _:
            assert_never(source.kind)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _ending(line: SourceLine) -> str:
    match line.outcome:
        case Outcome.DATA:
            return "answered."
        case Outcome.EMPTY:
            return "answered: it gave nothing that you may see."
        case Outcome.NOT_ASKED:
            return "was not asked. Some information is not available in your role."
        case Outcome.WITHHELD if _is_held(line):
            return f"{gap_in_words(line)}. Information may be missing."
        case Outcome.WITHHELD:
            return f"held something back. {_HELD_BACK}"
        case Outcome.STALE:
            return f"{gap_in_words(line)}. Newer information may be missing."
        case _:
            return f"{gap_in_words(line)}. Information may be missing."


def _age(line: SourceLine) -> str:
    return f", from {instant_in_words(line.stale_since)}" if line.stale_since else ""


def _notice(notice: Notice) -> str:
    area = notice.category.value.capitalize() if notice.category else "One area"
    match notice.kind:
        case NoticeKind.CONFIDENTIAL_ITEMS:
            return _HELD_BACK
        case NoticeKind.DATA_IN_TRANSIT:
            before = f" before {date_in_words(notice.since.isoformat())}" if notice.since else ""
            return f"The record's transfer is not complete: entries{before} may be missing."
        case NoticeKind.DATA_AWAITING_FILING:
            return "There are items that are not yet filed."
        case NoticeKind.AREA_SWITCHED_OFF:
            return f"{area}: not available, switched off at this source."
        case NoticeKind.UNREADABLE_PART:
            return f"{area}: part of it could not be read."
        case NoticeKind.IDENTITY_HOLD:
            return "A record that may belong to this person is withheld until it is checked whose it is."
        case _:
            assert_never(notice.kind)


def _difference(difference: Difference, name: SourceName) -> str:
    return (
        f"{name.subject} has another {_DIFFERENCES[difference]} for this person than the "
        "Personal Demographics Service: check who this is."
    )
