"""Lay a GP consultation out as its practice wrote it down: topics, headings, and what stands under each.

Decides nothing of what is shown: it arranges items of the view, and says which. Follows GP Connect Structured
1.6.2, consultation guidance (consultation, topic, heading, item).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from msgspec import Struct

from fhir_profiles.datatypes import Reference
from fhir_profiles.systems import SNOMED_CT
from gateway.patient.shown import ShownItem
from gateway.web.facts import Elements, Fact, elements_of, read_element

_T = TypeVar("_T")

CONSULTATION = "325851000000107"
TOPIC = "25851000000105"
HEADING = "24781000000107"
_SHAPES = frozenset({CONSULTATION, TOPIC, HEADING})

NOT_GIVEN = "An item that the practice's system cannot give"


@dataclass(frozen=True, slots=True)
class Written:
    """One item of a consultation: its name, and what is said of it."""

    words: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """One topic or heading: its title, which may be empty, its own items, and the passages within it."""

    title: str
    items: tuple[Written, ...]
    passages: tuple["Passage", ...]
    notes: tuple[str, ...] = ()


class _Entry(Struct):
    item: Reference = Reference()


class _Note(Struct):
    text: str = ""


@dataclass(frozen=True, slots=True)
class _List:
    code: str
    title: str
    encounter: str
    members: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlines:
    """The consultations of one view by their encounter's id, and the ids of all that they lay out."""

    by_encounter: Mapping[str, tuple[Passage, ...]]
    shown: frozenset[str]


def outlines_of(by_id: Mapping[str, ShownItem], tell: Callable[[ShownItem], Written]) -> Outlines:
    """Lay out every consultation of a view; `tell` words an item."""
    layout = _Layout(by_id, tell, dict(_lists_in(by_id.values())))
    roots = [name for name, each in layout.lists.items() if _is_consultation(each, by_id)]
    outlines: dict[str, tuple[Passage, ...]] = {}
    for root in roots:
        encounter = layout.lists[root].encounter
        outlines[encounter] = (*outlines.get(encounter, ()), *layout.passages_of(root))
    return Outlines(outlines, layout.reached_from(roots))


def _is_consultation(each: "_List", by_id: Mapping[str, ShownItem]) -> bool:
    return each.code == CONSULTATION and each.encounter in by_id


@dataclass(frozen=True, slots=True)
class _Layout:
    by_id: Mapping[str, ShownItem]
    tell: Callable[[ShownItem], Written]
    lists: Mapping[str, _List]

    def passages_of(self, root: str) -> tuple[Passage, ...]:
        """Give a consultation's topics; what stands in it without one comes first."""
        whole = self._passage(root, frozenset())
        loose = Passage("", whole.items, (), whole.notes)
        return (*((loose,) if loose.items or loose.notes else ()), *whole.passages)

    def _passage(self, name: str, above: frozenset[str]) -> Passage:
        each, within = self.lists[name], above | {name}
        inner = [member for member in each.members if member in self.lists]
        return Passage(
            each.title,
            tuple(self._told(member) for member in each.members if member not in self.lists),
            tuple(self._passage(member, within) for member in inner if member not in within),
            each.notes,
        )

    def _told(self, name: str) -> Written:
        item = self.by_id.get(name)
        return Written(NOT_GIVEN) if item is None else self.tell(item)

    def reached_from(self, roots: Iterable[str]) -> frozenset[str]:
        """Name the lists and items that stand in these consultations."""
        waiting, found = list(roots), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in found and name in self.lists:
                waiting += self.lists[name].members
            found.add(name)
        return frozenset(found & self.by_id.keys())


def _lists_in(items: Iterable[ShownItem]) -> Iterator[tuple[str, _List]]:
    for item in items:
        if item.resource_type == "List" and item.source_id is not None:
            codes = [code for system, code in item.codings if system == SNOMED_CT]
            code = next((each for each in codes if each in _SHAPES), None)
            if code is not None:
                yield item.id, _read(item, code)


def _read(item: ShownItem, code: str) -> _List:
    elements = elements_of(item)
    entries = _element(elements, "entry", tuple[_Entry, ...]) or ()
    notes = _element(elements, "note", tuple[_Note, ...]) or ()
    return _List(
        code,
        _element(elements, "title", str) or "",
        _id_in(_element(elements, "encounter", Reference) or Reference()),
        tuple(_id_in(entry.item) for entry in entries),
        tuple(note.text for note in notes if note.text),
    )


def _element(elements: Elements, name: str, shape: type[_T]) -> _T | None:
    raw = elements.get(name)
    return None if raw is None else read_element(raw, shape)


def _id_in(reference: Reference) -> str:
    return (reference.reference or "").rpartition("/")[2]
