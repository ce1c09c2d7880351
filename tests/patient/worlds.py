"""Invent small worlds: what three sources hold of one person, and what one reader may see of it.

Within a source every resource has its own id, and no two of a type share an identifier; copies elsewhere
carry the same label, for a label on one copy is meant to tell on the others.
"""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from rbac.types import Level
from tests.patient.factories import (
    IDS,
    PATIENT_ID,
    answer,
    coded,
    joined,
    labelled,
    levels,
    named_by,
    resource,
)

SOURCES = ("gp", "hospital", "ambulance")
LABELS = st.sampled_from([None, None, "sexual-health", "mental-health", "sealed"])
KINDS = ("Encounter", "Condition", "AllergyIntolerance", "MedicationRequest", "Observation")
VIEWS = st.builds(
    levels,
    encounters=st.sampled_from(Level),
    problems=st.sampled_from(Level),
    results=st.sampled_from(Level),
    medications=st.sampled_from(Level),
    sexual_health=st.sampled_from([Level.NONE, Level.MASK]),
    mental_health=st.sampled_from([Level.ALL, Level.SUMMARY]),
)


@dataclass(frozen=True)
class Thing:
    """One resource of one source; `copy_of` is the identifier that it shares with other sources."""

    number: int
    source: str
    kind: str
    label: str | None
    status: str
    copy_of: str | None
    beside: int

    @property
    def local_id(self):
        return str(self.number)

    @property
    def outward_id(self):
        return IDS.resource_id(PATIENT_ID, self.source, self.kind, self.local_id)

    @property
    def about(self):
        return named_by("Encounter", str(self.beside))

    def content(self, **changes):
        if self.kind in {"Medication", "Practitioner"}:
            return {"resourceType": self.kind, "id": self.local_id, **self._meta(), **changes}
        if self.kind == "List":
            return {
                "resourceType": "List",
                "id": self.local_id,
                "entry": [{"item": self.about}, {"item": named_by("Condition", "1")}],
                **changes,
            }
        return resource(self.kind, self.local_id, **self._meta(), **self._clinical(), **changes)

    def _meta(self):
        return {"meta": labelled(self.label)} if self.label else {}

    def _clinical(self):
        members = {
            "clinicalStatus": coded(self.status, "urn:c"),
            "effectiveDateTime": "2026-02-01" if self.beside % 2 else "2011-01-01",
            "encounter": self.about,
            "performer": [{"actor": named_by("Practitioner", str(self.beside))}],
            "note": [{"text": f"note {self.number} of {self.source}"}],
        }
        if self.kind == "MedicationRequest":
            members["medicationReference"] = named_by("Medication", str(self.beside))
        if self.copy_of is not None:
            members["identifier"] = [{"system": "urn:s", "value": self.copy_of}]
        return members


@st.composite
def worlds(draw, statuses=("active", "resolved", "entered-in-error")):
    label_of = draw(st.fixed_dictionaries({"AAA": LABELS, "BBB": LABELS}))
    taken = set()
    things = []
    for number in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from((*KINDS, "List", "Practitioner")))
        source = draw(st.sampled_from(SOURCES))
        copy_of = draw(st.sampled_from([None, "AAA", "BBB"]))
        if (source, kind, copy_of) in taken or kind in {"List", "Practitioner"}:
            copy_of = None
        taken.add((source, kind, copy_of))
        label = draw(LABELS) if copy_of is None else label_of[copy_of]
        status = draw(st.sampled_from(statuses))
        things.append(Thing(number, source, kind, label, status, copy_of, draw(st.integers(0, 8))))
        if kind == "MedicationRequest":
            things.append(replace(things[-1], kind="Medication", number=things[-1].beside))
    return tuple({each.outward_id: each for each in things}.values())


def view_of(things, seen, order=SOURCES, content=Thing.content):
    """The view of a world, its sources answering in this order."""
    answers = [
        answer(*(content(each) for each in things if each.source == source), source=source)
        for source in order
    ]
    return joined(*answers, levels=seen)


def told(view):
    """All that a reader gets: every byte in order, and the receipt."""
    return [b"".join(each.render()) for each in view.items], view.receipt
