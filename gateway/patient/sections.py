"""Say of each section of the page which of five states it is in, from what is shown and what is missing.

Renders nothing. An absence is never "none": only a source's own statement is (docs/decisions/0007,
section 1: the five states of a section).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from adapters.contract import Notice, NoticeKind, Outcome
from fhir_profiles import systems
from fhir_profiles.headers import ENTERED_IN_ERROR
from fhir_profiles.vocabulary import Category
from gateway.access.permit import Permit
from gateway.patient.conflicts import NO_KNOWN_ALLERGY
from gateway.patient.directory import KnownSource, SourceDirectory
from gateway.patient.receipt import Receipt, SourceLine
from gateway.patient.shown import ShownItem
from rbac.types import Level, Levels

_GAVE_ITS_RECORD = frozenset({Outcome.DATA, Outcome.EMPTY, Outcome.STALE})
SAYS_WHERE_IT_LACKS = frozenset({Outcome.DATA, Outcome.EMPTY, Outcome.WITHHELD})
"""Outcomes of a source that answered, so that its notices say all that is missing."""

_KNOWN_NONE: Mapping[Category, frozenset[str]] = {Category.ALLERGIES: NO_KNOWN_ALLERGY}
_WITHOUT_FORCE = frozenset({"refuted", "resolved", "inactive"})


class SectionState(StrEnum):
    """What a reader may conclude from a section."""

    PRESENT = "present"
    EMPTY = "empty"
    KNOWN_NONE = "known-none"
    UNAVAILABLE = "unavailable"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its items in the view's order, and the lines of sources that leave it incomplete."""

    category: Category
    state: SectionState
    items: tuple[ShownItem, ...]
    missing: tuple[SourceLine, ...]
    is_for_role: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """What section states rest on besides the items.

    `supplies`: what each source can hold for this reader; one that is not named can hold anything.
    """

    receipt: Receipt
    supplies: Mapping[str, frozenset[Category]]
    levels: Levels


def supplies_of(directory: SourceDirectory, permit: Permit) -> Mapping[str, frozenset[Category]]:
    """Say what each source can contribute to a page, at its stage of release and by what agreements let through.

    One that no agreement binds could contribute anything: that it was not asked is a gap.
    """
    return {
        source.source_id: _agreed(source, permit) & source.shows_to(permit.principal)
        for source in directory.sources
    }


def section_of(category: Category, items: Iterable[ShownItem], ground: Ground) -> Section:
    """Make one section of what is shown; what the gateway derived is in none."""
    shown = tuple(
        item for item in items if item.category is category and item.source_id is not None
    )
    lines = [line for line in ground.receipt.lines if _can_hold(line, category, ground)]
    missing = tuple(line for line in lines if _leaves_gap(line, category))
    is_for_role = any(
        level is not Level.NONE
        for (each, _label), level in ground.levels.view.items()
        if each is category
    )
    has_answer = any(_answered(line, category) for line in lines)
    state = _state(shown, has_gap=bool(missing), has_answer=has_answer)
    return Section(
        category,
        state if is_for_role else SectionState.UNAVAILABLE,
        shown,
        missing if is_for_role else (),
        is_for_role,
    )


def says_none(item: ShownItem) -> bool:
    """Say whether an item is a source's own standing statement that there is nothing of its kind."""
    words = {code for _system, code in item.clinical_statuses} | {item.stands}
    codes = _KNOWN_NONE.get(item.category, frozenset()) if item.category else frozenset()
    return words.isdisjoint(_WITHOUT_FORCE | {ENTERED_IN_ERROR}) and any(
        system == systems.SNOMED_CT and code in codes for system, code in item.codings
    )


def was_answered(line: SourceLine) -> bool:
    """Say whether a source gave anything to go by, be it that it holds nothing."""
    return line.outcome in _GAVE_ITS_RECORD or line.shown > 0


def _state(items: Sequence[ShownItem], *, has_gap: bool, has_answer: bool) -> SectionState:
    if not items and not has_answer:
        return SectionState.UNAVAILABLE
    if has_gap:
        return SectionState.PARTIAL
    standing = [item for item in items if item.stands != ENTERED_IN_ERROR]
    if standing and all(map(says_none, standing)):
        return SectionState.KNOWN_NONE
    return SectionState.PRESENT if items else SectionState.EMPTY


def _agreed(source: KnownSource, permit: Permit) -> frozenset[Category]:
    shared = permit.sharing.with_organisation(source.written_by(permit.person.practice))
    return source.supplies if shared is None else source.supplies & shared.categories


def _can_hold(line: SourceLine, category: Category, ground: Ground) -> bool:
    return category in ground.supplies.get(line.source_id, frozenset(Category))


def _leaves_gap(line: SourceLine, category: Category) -> bool:
    if line.notices and line.outcome in SAYS_WHERE_IT_LACKS:
        return bool(notices_on(line, category))
    return not line.is_complete


def notices_on(line: SourceLine, category: Category) -> tuple[Notice, ...]:
    """Give what a source says of a category, or of its whole record."""
    return tuple(notice for notice in line.notices if notice.category in {None, category})


def _answered(line: SourceLine, category: Category) -> bool:
    is_off = NoticeKind.AREA_SWITCHED_OFF in {notice.kind for notice in notices_on(line, category)}
    return not is_off and was_answered(line)
