"""Tie together what is shown: copies across sources, contradictions, journeys.

Works on narrowed items only, so nothing derived can tell of what was withheld (docs/decisions/0007, section 3).
Contradictions are shown, never resolved. FHIR R4 Linkage, DetectedIssue and List.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec
import structlog

from fhir_profiles import systems
from fhir_profiles.headers import identifiers_of
from fhir_profiles.vocabulary import Category
from gateway.patient.conflicts import CONFLICT_RULES, Conflict, ConflictRule
from gateway.patient.ids import derived_id
from gateway.patient.shown import ShownItem
from gateway.patient.ties import tied
from rbac.types import Level

_log = structlog.get_logger("scr.derive")


@dataclass(frozen=True, slots=True)
class Derived:
    """One resource of ours: its type, id and bytes."""

    resource_type: str
    id: str
    category: Category | None
    body: bytes


def derive(patient_id: str, items: Sequence[ShownItem]) -> tuple[Derived, ...]:
    """Derive everything from what is shown, in a stable order."""
    whole = [item for item in items if item.level is not Level.MASK]
    rules: list[tuple[str, Callable[[], Iterable[Derived]]]] = [
        ("copies", lambda: (_linkage(patient_id, members) for members in _copies(whole))),
        *(
            (rule.__name__.strip("_"), partial(_issues, patient_id, rule, whole))
            for rule in CONFLICT_RULES
        ),
        ("journeys", lambda: (_journey(patient_id, members) for members in journeys(whole))),
    ]
    return tuple(derived for name, rule in rules for derived in guarded(name, rule))


def guarded(topic: str, rule: Callable[[], Iterable[Derived]]) -> list[Derived]:
    """Follow one rule as far as it goes: a fault in what is merely derived must not take the record away."""
    found: list[Derived] = []
    try:
        # One by one, so that what came before a fault is kept.
        for each in rule():
            found.append(each)  # noqa: PERF402
    except Exception as fault:  # noqa: BLE001
        # Its class alone: what a fault says of itself may quote a record.
        _log.error("derived items dropped", rule=topic, fault=type(fault).__name__)
    return found


def _issues(patient_id: str, rule: ConflictRule, items: Sequence[ShownItem]) -> Iterable[Derived]:
    return (_issue(patient_id, conflict) for conflict in rule(items))


def _copies(items: Iterable[ShownItem]) -> Iterable[list[ShownItem]]:
    groups: dict[int, list[ShownItem]] = defaultdict(list)
    for item in items:
        if item.group is not None:
            groups[item.group].append(item)
    return (members for members in groups.values() if len(members) > 1)


def _linkage(patient_id: str, members: Sequence[ShownItem]) -> Derived:
    kinds = ["source", *["alternate"] * (len(members) - 1)]
    entries = [
        {"type": kind, "resource": {"reference": _reference(member)}}
        for kind, member in zip(kinds, members, strict=True)
    ]
    return _derived(patient_id, "Linkage", members, None, {"active": True, "item": entries})


def _issue(patient_id: str, conflict: Conflict) -> Derived:
    content = {
        "status": "preliminary",
        "severity": conflict.severity,
        "code": {"text": "Sources differ"},
        "patient": {"reference": f"Patient/{patient_id}"},
        "implicated": [{"reference": _reference(member)} for member in conflict.members],
        "detail": conflict.words,
    }
    return _derived(patient_id, "DetectedIssue", conflict.members, Category.ALERTS, content)


def journeys(items: Iterable[ShownItem]) -> list[list[ShownItem]]:
    """Find encounters of one episode: those that share an identifier, such as an ambulance incident's.

    Shape: each journey has at least two encounters, the earliest first; undated ones come last.
    """
    encounters = [item for item in items if item.resource_type == "Encounter"]
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for position, item in enumerate(encounters):
        for identifier in identifiers_of(item.header):
            if identifier.system and identifier.value:
                holders[identifier.system, identifier.value.strip().casefold()].append(position)
    return [
        _in_time_order(encounters, members) for members in tied(len(encounters), holders.values())
    ]


def _in_time_order(encounters: Sequence[ShownItem], positions: Iterable[int]) -> list[ShownItem]:
    members = [encounters[position] for position in positions]
    dated = [(span.low, member) for member in members if (span := member.when) is not None]
    dated.sort(key=lambda pair: pair[0])
    return [*(member for _low, member in dated), *(each for each in members if each.when is None)]


def _journey(patient_id: str, members: Sequence[ShownItem]) -> Derived:
    content = {
        "status": "current",
        "mode": "snapshot",
        "title": "Journey of care",
        "code": {"coding": [{"system": systems.JOURNEY, "code": "journey"}]},
        "subject": {"reference": f"Patient/{patient_id}"},
        "entry": [{"item": {"reference": _reference(member)}} for member in members],
    }
    return _derived(patient_id, "List", members, Category.ENCOUNTERS, content)


def _derived(
    patient_id: str,
    resource_type: str,
    members: Sequence[ShownItem],
    category: Category | None,
    content: Mapping[str, object],
) -> Derived:
    new_id = derived_id(patient_id, [resource_type, *(member.id for member in members)])
    meta: dict[str, object] = {"source": systems.GATEWAY_SOURCE_URI}
    if category is not None:
        meta["tag"] = [{"system": systems.CATEGORY, "code": category.value}]
    body = {"resourceType": resource_type, "id": new_id, "meta": meta, **content}
    return Derived(resource_type, new_id, category, msgspec.json.encode(body))


def _reference(item: ShownItem) -> str:
    return f"{item.resource_type}/{item.id}"
