"""Tell who recorded, performed or asked for an item from what the item is about.

Decides no label (`label` does) and no level. A team's name says where a fact was written down, not what it
is: it does not make an allergy a mental-health item, but is itself not for everybody
(docs/decisions/0011-what-a-summary-and-a-label-leave.md).
"""

from collections.abc import Mapping, Sequence, Set
from types import MappingProxyType

from msgspec import Raw

from fhir_profiles.classify import tells_by_words
from fhir_profiles.json_scan import JsonObject, objects_in
from fhir_profiles.members import text_of
from fhir_profiles.spans import read_resource
from fhir_profiles.templates import STUB
from gateway.patient.work import Worked, names_in_reference, worked_of

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


def states_a_fact(resource_type: str) -> bool:
    """Say whether resources of this type state something that stays true whoever found it, and wherever."""
    return resource_type in _WHO


_CONTAINED = ("contained",)
_KEPT_OF_WRITERS = frozenset({"resourceType", "id"})


def without_attribution(worked: Worked, telling: Set[str] = frozenset()) -> Worked | None:
    """Take the telling names of who wrote an item out of it; None where it has none.

    `telling` are the names of resources that tell: no reference to one of them stays, for what it leads to
    says what the name did. Writers that the item contains, and names nowhere else, are left as mere ids.
    """
    paths = _WHO.get(worked.type)
    if paths is None or not (telling or worked.inner or b"display" in worked.body):
        return None
    body, objects = worked.body, objects_in(worked.body)
    writers = _contained_writers(body, objects, paths) if worked.inner else ()
    pieces: list[bytes] = []
    position = 0
    for item in objects:
        instead = None
        if item.start < position:
            continue
        if item.path in paths:
            instead = _unnamed(body, item, telling)
        elif item in writers:
            instead = _only(body, item, _KEPT_OF_WRITERS)
        if instead is not None:
            pieces += (body[position : item.start], instead)
            position = item.end
    if not pieces:
        return None
    span = read_resource(b"".join((*pieces, body[position:])))
    return None if span is None else worked_of(span)


def _unnamed(body: bytes, item: JsonObject, telling: Set[str]) -> bytes | None:
    """Give a reference without the name that tells, a stub where it leads to one; None where nothing tells."""
    names = names_in_reference(_text(body, item, "reference") or "")
    if not telling.isdisjoint(names):
        return STUB
    if not tells_by_words(_text(body, item, "display") or ""):
        return None
    return _only(body, item, {each.key for each in item.members} - {"display"})


def _contained_writers(
    body: bytes, objects: Sequence[JsonObject], paths: _Paths
) -> tuple[JsonObject, ...]:
    """List what an item contains only to say who wrote it, through others that it contains too."""
    inner = {f"#{_text(body, each, 'id')}": each for each in objects if each.path == _CONTAINED}
    references = [
        (each, target) for each in objects if (target := _text(body, each, "reference")) in inner
    ]
    waiting = [target for each, target in references if each.path in paths]
    found: dict[str, JsonObject] = {}
    while waiting:
        name = waiting.pop()
        if name not in found:
            writer = found[name] = inner[name]
            waiting += (target for each, target in references if _stands_in(each, writer))
    others = {
        target
        for each, target in references
        if each.path not in paths and not any(_stands_in(each, one) for one in found.values())
    }
    return tuple(writer for name, writer in found.items() if name not in others)


def _stands_in(item: JsonObject, holder: JsonObject) -> bool:
    return holder.start < item.start and item.end <= holder.end


def _text(body: bytes, item: JsonObject, key: str) -> str | None:
    member = item.member(key)
    return None if member is None else text_of(Raw(body[member.value_start : member.value_end]))


def _only(body: bytes, item: JsonObject, keys: Set[str]) -> bytes:
    members = [body[each.key_start : each.value_end] for each in item.members if each.key in keys]
    return b"{" + b",".join(members) + b"}" if members else STUB
