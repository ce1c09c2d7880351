"""Tell who recorded, performed or asked for an item from what the item is about.

Decides no label (`label` does) and no level. A team's name says where a fact was written down, not what it
is: it does not make an allergy a mental-health item, but is itself not for everybody
(docs/decisions/0011-what-a-summary-and-a-label-leave.md).
"""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Raw

from fhir_profiles.classify import tells_by_words
from fhir_profiles.json_scan import JsonObject, objects_in
from fhir_profiles.members import text_of
from fhir_profiles.spans import read_resource
from fhir_profiles.templates import STUB
from gateway.patient.work import Worked, worked_of

_Paths = frozenset[tuple[str, ...]]


def _paths(*paths: str) -> _Paths:
    return frozenset(tuple(path.split(".")) for path in paths)


# Facts only. Who gave an appointment, wrote a letter or leads a plan says what those are.
_WHO: Mapping[str, _Paths] = MappingProxyType(
    {
        "AllergyIntolerance": _paths("recorder", "asserter"),
        "Condition": _paths("recorder", "asserter"),
        "DiagnosticReport": _paths("performer", "resultsInterpreter"),
        "Immunization": _paths("performer.actor"),
        "MedicationAdministration": _paths("performer.actor"),
        "MedicationDispense": _paths("performer.actor"),
        "MedicationRequest": _paths("requester", "recorder"),
        "MedicationStatement": _paths("informationSource"),
        "Observation": _paths("performer"),
        "Procedure": _paths("performer.actor", "recorder", "asserter"),
    }
)


def without_attribution(worked: Worked) -> Worked | None:
    """Take the telling names of who wrote an item out of it; None where it has none."""
    paths = _WHO.get(worked.type)
    if paths is None or b"display" not in worked.body:
        return None
    pieces: list[bytes] = []
    position = 0
    for item in objects_in(worked.body):
        if item.path in paths and _tells(worked.body, item):
            pieces += (worked.body[position : item.start], _unnamed(worked.body, item))
            position = item.end
    if not pieces:
        return None
    span = read_resource(b"".join((*pieces, worked.body[position:])))
    return None if span is None else worked_of(span)


def _tells(body: bytes, item: JsonObject) -> bool:
    display = item.member("display")
    if display is None:
        return False
    text = text_of(Raw(body[display.value_start : display.value_end]))
    return text is not None and tells_by_words(text)


def _unnamed(body: bytes, item: JsonObject) -> bytes:
    members = [
        body[each.key_start : each.value_end] for each in item.members if each.key != "display"
    ]
    return b"{" + b",".join(members) + b"}" if members else STUB
