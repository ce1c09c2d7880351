"""Write shown items as the entries of a section: what, status, dates and source of every copy.

Decides no order, no grouping and no state. Nothing here is markup: templates escape every word.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from msgspec import Raw, Struct

from fhir_profiles.datatypes import Concept, Reference
from fhir_profiles.degraded import is_degraded
from fhir_profiles.header_fields import Header
from fhir_profiles.headers import ENTERED_IN_ERROR, clinical_date_of, concepts_in
from gateway.patient.reading_order import Drug
from gateway.patient.shown import ShownItem
from gateway.web.consultations import Passage, Written
from gateway.web.dates_in_words import date_in_words, period_in_words
from gateway.web.facts import Elements, Fact, elements_of, facts_of, read_element, wording_of
from gateway.web.source_words import SourceName
from gateway.web.status_words import masked_in_words, status_in_words
from rbac.types import Level

UNNAMED = "Not named by the source"
UNNAMED_IN_SUMMARY = "Not named in the summary that your role sees"
OURS = "Found by this service"
SUMMARY_ONLY = "Your role sees a summary of this item."
NOT_WELL_MADE = "Part of this item is not written as the standard for records asks: if it reads oddly, check with the source."
CODE_LOST = "Its code was lost between practices: only the wording tells what it is."


class _Contained(Struct):
    id: str | None = None
    code: Concept | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One source's own statement of a thing. `anchor` is unique on the page.

    `copied_as` is how this source words what the line before it says too; empty when it is no copy.
    """

    anchor: str
    source: str
    what: str
    status: str = ""
    is_retracted: bool = False
    is_masked: bool = False
    facts: tuple[Fact, ...] = ()
    notice: str = ""
    copied_as: str = ""
    outline: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing and every statement of it, at least one."""

    what: str
    lines: tuple[Line, ...]
    is_retracted: bool
    is_masked: bool
    journeys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Writer:
    """Write the entries of one view.

    `by_id` holds its items, to name medicines that are told by reference; `faulty` names the resources, as
    source and `Type/id`, that were found not to be well made.
    """

    names: Mapping[str, SourceName]
    by_id: Mapping[str, ShownItem]
    journeys: Mapping[str, tuple[str, ...]]
    faulty: frozenset[tuple[str, str]] = frozenset()
    outlines: Mapping[str, tuple[Passage, ...]] = field(default_factory=dict)

    def entry(self, clusters: Sequence[Sequence[ShownItem]]) -> Entry:
        """Write one thing, told by clusters of copies; the first copy of the first leads."""
        lines = tuple(line for copies in clusters for line in self._copies(copies))
        journeys = [
            name
            for copies in clusters
            for item in copies
            for name in self.journeys.get(item.id, ())
        ]
        return Entry(
            what=lines[0].what,
            lines=lines,
            is_retracted=all(line.is_retracted for line in lines),
            is_masked=lines[0].is_masked,
            journeys=tuple(dict.fromkeys(journeys)),
        )

    def drug_of(self, item: ShownItem) -> Drug | None:
        """Give the code of the product that a medicine item is about; None when it has none."""
        concepts = concepts_in(item.header.medication_codeable_concept) or self._product(
            elements_of(item)
        )
        codings = [(each.system, each.code) for concept in concepts for each in concept.coding]
        if is_degraded(codings):
            # The stand-in names no drug: two medicines that have it are not one.
            return None
        return next(((system, code) for system, code in codings if system and code), None)

    def written(self, item: ShownItem) -> Written:
        """Tell an item that stands within a consultation."""
        if item.level is Level.MASK:
            return Written(masked_in_words(item))
        elements = elements_of(item)
        facts = facts_of(item.resource_type, elements)
        return Written(self._what(item, elements), facts)

    def _copies(self, copies: Sequence[ShownItem]) -> list[Line]:
        first, *others = map(self._line, copies)
        return [first, *(replace(line, copied_as=line.what) for line in others)]

    def _line(self, item: ShownItem) -> Line:
        source, anchor = self._source_of(item), anchor_of(item.id)
        if item.level is Level.MASK:
            return Line(anchor, source, masked_in_words(item), is_masked=True)
        elements = elements_of(item)
        return Line(
            anchor=anchor,
            source=source,
            what=self._what(item, elements),
            status=status_in_words(item, self._unsaid_by(item)),
            is_retracted=item.stands == ENTERED_IN_ERROR,
            facts=(*facts_of(item.resource_type, elements), *dates_of(item.header)),
            notice=self._notice(item, elements),
            outline=self.outlines.get(item.id, ()),
        )

    def _notice(self, item: ShownItem, elements: Elements) -> str:
        is_summary = item.level is Level.SUMMARY
        name = (item.source_id or "", f"{item.resource_type}/{item.header.id}")
        product = (concept for concept in self._product(elements))
        codings = [(each.system, each.code) for one in product for each in one.coding]
        said = (
            SUMMARY_ONLY if is_summary else "",
            # A verdict is about the whole item: to tell it would tell of what is left out.
            NOT_WELL_MADE if name in self.faulty and not is_summary else "",
            CODE_LOST if is_degraded((*item.codings, *codings)) else "",
        )
        return " ".join(filter(None, said))

    def _source_of(self, item: ShownItem) -> str:
        name = self.names.get(item.source_id or "")
        return OURS if name is None else name.label

    def _unsaid_by(self, item: ShownItem) -> frozenset[str]:
        name = self.names.get(item.source_id or "")
        return frozenset() if name is None else name.says_of_everything

    def _what(self, item: ShownItem, elements: Elements) -> str:
        header = item.header
        named = (
            header.code,
            header.medication_codeable_concept,
            header.vaccine_code,
            header.type,
        )
        words = (wording_of(each) for value in named for each in concepts_in(value))
        return (
            next(filter(None, words), "")
            or self._by_reference(elements)
            or _class_of(header)
            or (UNNAMED_IN_SUMMARY if item.level is Level.SUMMARY else UNNAMED)
        )

    def _by_reference(self, elements: Elements) -> str:
        words = next(filter(None, map(wording_of, self._product(elements))), "")
        reference = _medication_reference(elements)
        return words or (reference.display if reference else None) or ""

    def _product(self, elements: Elements) -> tuple[Concept, ...]:
        reference = _medication_reference(elements)
        target = (reference.reference if reference else None) or ""
        item = self.by_id.get(target.rpartition("/")[2])
        if item is not None:
            return concepts_in(item.header.code)
        return _contained_code(target, elements.get("contained"))


def anchor_of(item_id: str) -> str:
    """Give the page's own name for the place where an item stands."""
    return f"item-{item_id}"


def dates_of(header: Header) -> tuple[Fact, ...]:
    """Give when it happened and when it was written down, where the source says so."""
    periods = (header.period, header.effective_period, header.onset_period, header.performed_period)
    found = [
        *(Fact("When", period_in_words(each.start, each.end)) for each in periods if each),
        *(
            Fact(term, date_in_words(text))
            for term, text in _single_dates(header)
            if text is not None
        ),
    ]
    if not found and (text := clinical_date_of(header)) is not None:
        return (Fact("Date", date_in_words(text)),)
    told = {fact.words: fact for fact in reversed(found) if fact.words}
    return tuple(fact for fact in found if told.get(fact.words) is fact)


def _single_dates(header: Header) -> Iterable[tuple[str, str | None]]:
    return (
        ("From", header.onset_date_time),
        ("Until", header.abatement_date_time),
        ("When", header.effective_date_time),
        ("Prescribed", header.authored_on),
        ("Stated", header.date_asserted),
        ("Recorded", header.recorded_date or header.asserted_date),
    )


def _class_of(header: Header) -> str:
    classes = header.class_ if isinstance(header.class_, tuple) else (header.class_,)
    return next((each.display or each.code or "" for each in classes if each is not None), "")


def _medication_reference(elements: Elements) -> Reference | None:
    raw = elements.get("medicationReference")
    return None if raw is None else read_element(raw, Reference)


def _contained_code(target: str, raw: Raw | None) -> tuple[Concept, ...]:
    if raw is None or not target.startswith("#"):
        return ()
    inside = read_element(raw, tuple[_Contained, ...]) or ()
    return tuple(each.code for each in inside if each.code and f"#{each.id}" == target)
