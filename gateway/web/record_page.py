"""Lay one view out as the record page: banner, completeness, conflicts, then sections in order of danger.

Holds no rule: states, order and copies come from `gateway/patient`. What it lays out is what it says was shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from msgspec import Struct

from fhir_profiles.datatypes import Reference
from fhir_profiles.headers import clinical_date_of
from fhir_profiles.vocabulary import Category
from gateway.patient.banner import Banner, banner_of
from gateway.patient.join import View
from gateway.patient.reading_order import by_date, current_first, of_one_drug, with_copies
from gateway.patient.sections import Ground, Section, section_of
from gateway.patient.shown import ShownItem
from gateway.web.consultations import outlines_of
from gateway.web.dates_in_words import date_in_words, instant_in_words
from gateway.web.entries import Entry, Writer, anchor_of
from gateway.web.facts import DOSE, Fact, elements_of, read_element
from gateway.web.headline_words import headlines_in_words, view_in_words
from gateway.web.people_words import PersonWords, banner_in_words
from gateway.web.section_words import SECTION_TITLES, statement_in_words, warning_in_words
from gateway.web.source_words import SourceName, SourceWords, line_in_words

SECTIONS = (
    Category.ALERTS,
    Category.ALLERGIES,
    Category.PROBLEMS,
    Category.MEDICATIONS,
    Category.ENCOUNTERS,
)


@dataclass(frozen=True, slots=True)
class Witness:
    """One item that a conflict or a journey names; `anchor` is empty when it is not on this page."""

    words: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Tie:
    """A conflict or a journey: what it is and the items that it ties."""

    words: str
    members: tuple[Witness, ...]


@dataclass(frozen=True, slots=True)
class SectionPage:
    """One section, ready to be written. `undated` is empty but for encounters."""

    name: str
    title: str
    state: str
    statement: str
    warnings: tuple[str, ...]
    entries: tuple[Entry, ...]
    undated: tuple[Entry, ...]
    journeys: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The whole page. `shown` is exactly what it lays out, for the audit."""

    banner: PersonWords
    headlines: tuple[Fact, ...]
    view: str
    built_at: str
    is_complete: bool
    strip: tuple[SourceWords, ...]
    conflicts: tuple[Tie, ...]
    sections: tuple[SectionPage, ...]
    shown: tuple[ShownItem, ...]


@dataclass(frozen=True, slots=True)
class Deployment:
    """What the page needs to know of the deployment: names of sources and organisations, and what sources can hold."""

    names: Mapping[str, SourceName]
    supplies: Mapping[str, frozenset[Category]]
    organisations: Mapping[str, str]


Faulty = frozenset[tuple[str, str]]
"""Resources that were found not to be well made, as source and `Type/id`."""


def record_page(
    view: View, deployment: Deployment, now: datetime, faulty: Faulty = frozenset()
) -> RecordPage:
    """Lay a view out."""
    layout = _Layout(view, deployment, faulty)
    ground = Ground(view.receipt, deployment.supplies, view.permit.levels_in_scope)
    sections = [section_of(category, view.listed, ground) for category in SECTIONS]
    return RecordPage(
        banner=_banner(banner_of(view.permit, now), deployment),
        headlines=headlines_in_words(sections, len(layout.conflicts)),
        view=view_in_words(view.receipt, now),
        built_at=instant_in_words(now),
        is_complete=view.receipt.is_complete,
        strip=tuple(
            line_in_words(line, layout.name_of(line.source_id)) for line in view.receipt.lines
        ),
        conflicts=tuple(layout.tie(item) for item in layout.conflicts),
        sections=tuple(map(layout.section, sections)),
        shown=layout.shown(sections),
    )


def _banner(banner: Banner, deployment: Deployment) -> PersonWords:
    return banner_in_words(banner, deployment.organisations.get(banner.practice or ""))


class _EntryOfList(Struct):
    item: Reference


class _Layout:
    """One view's items, by what they are for."""

    def __init__(self, view: View, deployment: Deployment, faulty: Faulty) -> None:
        self._view = view
        self._names = deployment.names
        self._by_id = {item.id: item for item in view.items}
        derived = [item for item in view.items if item.source_id is None]
        self.conflicts = [item for item in derived if item.resource_type == "DetectedIssue"]
        self._journeys = [item for item in derived if item.resource_type == "List"]
        writer = Writer(deployment.names, self._by_id, self._journey_names(), faulty)
        self._consultations = outlines_of(self._by_id, writer.written)
        self._writer = replace(writer, outlines=self._consultations.by_encounter)

    def name_of(self, source_id: str) -> SourceName:
        return self._names.get(source_id, SourceName(source_id, f"The source {source_id}"))

    def section(self, section: Section) -> SectionPage:
        is_timeline = section.category is Category.ENCOUNTERS
        ordered = by_date(section.items)
        current = ordered.dated if is_timeline else current_first(section.items)
        return SectionPage(
            name=section.category.value,
            title=SECTION_TITLES[section.category],
            state=section.state.value,
            statement=statement_in_words(section),
            warnings=tuple(
                warning_in_words(line, self.name_of(line.source_id), section.category)
                for line in section.missing
            ),
            entries=self._entries(section.category, current),
            undated=self._entries(section.category, ordered.undated) if is_timeline else (),
            journeys=tuple(map(self._journey, self._journeys)) if is_timeline else (),
        )

    def tie(self, item: ShownItem) -> Tie:
        elements = elements_of(item)
        detail = read_element(elements["detail"], str) or ""
        implicated = read_element(elements["implicated"], tuple[Reference, ...]) or ()
        return Tie(detail, tuple(map(self._witness, implicated)))

    def shown(self, sections: Iterable[Section]) -> tuple[ShownItem, ...]:
        laid_out = {item.id for section in sections for item in section.items}
        laid_out |= {item.id for item in (*self.conflicts, *self._journeys)}
        laid_out |= self._consultations.shown
        return tuple(
            item
            for item in self._view.items
            if item.id in laid_out
            or item.id == self._view.permit.patient_id
            or item.resource_type == "Medication"
        )

    def _entries(self, category: Category, items: Sequence[ShownItem]) -> tuple[Entry, ...]:
        clusters = with_copies(items)
        if category is Category.MEDICATIONS:
            return tuple(map(self._writer.entry, of_one_drug(clusters, self._writer.drug_of)))
        return tuple(self._writer.entry([cluster]) for cluster in clusters)

    def _journey(self, item: ShownItem) -> Tie:
        return Tie(self._journey_title(item), tuple(map(self._witness, _members(item))))

    def _journey_names(self) -> Mapping[str, tuple[str, ...]]:
        named: dict[str, tuple[str, ...]] = {}
        for journey in self._journeys:
            for member in _members(journey):
                key = _id_in(member)
                named[key] = (*named.get(key, ()), self._journey_title(journey))
        return named

    def _journey_title(self, item: ShownItem) -> str:
        return f"Journey {self._journeys.index(item) + 1}"

    def _witness(self, reference: Reference) -> Witness:
        item = self._by_id.get(_id_in(reference))
        if item is None:
            return Witness("An item that is not on this page", "")
        entry = self._writer.entry([[item]])
        [line] = entry.lines
        doses = (f"dose {fact.words}" for fact in line.facts if fact.term == DOSE)
        when = date_in_words(clinical_date_of(item.header))
        told = (entry.what, *doses, when, line.source)
        is_here = item.category in SECTIONS
        return Witness(", ".join(filter(None, told)), anchor_of(item.id) if is_here else "")


def _members(journey: ShownItem) -> tuple[Reference, ...]:
    found = read_element(elements_of(journey)["entry"], tuple[_EntryOfList, ...]) or ()
    return tuple(each.item for each in found)


def _id_in(reference: Reference) -> str:
    return (reference.reference or "").rpartition("/")[2]
