"""Find where what is shown contradicts itself: allergies, doses, versions of one item.

Resolves nothing and hides nothing: each conflict names its witnesses. The joined-up record, conflicts.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from fhir_profiles import systems
from fhir_profiles.datatypes import Concept, Reference
from fhir_profiles.headers import Concepts, concepts_in
from gateway.patient.doses import Dose, DoseDifference, difference, dose_of
from gateway.patient.reading_order import Force, force_of
from gateway.patient.shown import ShownItem, codings_in
from gateway.patient.ties import tied

NO_KNOWN_ALLERGY = frozenset({"716186003"})
"""SNOMED CT: no known allergy, of any kind."""

_NO_KNOWN_OF_KIND: Mapping[str, frozenset[str]] = {
    "409137002": frozenset({"medication", "biologic"}),
    "428607008": frozenset({"environment"}),
    "429625007": frozenset({"food"}),
}
"""SNOMED CT: its children for drugs, environment and food, with the FHIR categories that each speaks of."""

DEGRADED_MEDICINE = "196421000000109"
"""SNOMED CT: what a practice's record transfer makes of any medicine that it cannot code."""

_WITHOUT_FORCE = frozenset({"entered-in-error", "refuted", "resolved", "inactive"})
_PRESCRIBED = frozenset({"MedicationRequest", "MedicationStatement"})


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is wrong, how grave it may be, and the items that say it, in the view's order."""

    severity: str
    words: str
    members: tuple[ShownItem, ...]


def conflicts_in(items: Sequence[ShownItem]) -> tuple[Conflict, ...]:
    """Find every conflict, in a stable order."""
    return tuple(conflict for rule in CONFLICT_RULES for conflict in rule(items))


def _allergy_conflicts(items: Iterable[ShownItem]) -> Iterator[Conflict]:
    allergies = [item for item in items if _is_standing_allergy(item)]
    stated = [item for item in allergies if not denies_allergy(item)]
    for denial in filter(denies_allergy, allergies):
        against = next((each for each in stated if _contradicts(denial, each)), None)
        if against is not None:
            text = _ALL_DENIED if _denies_every_allergy(denial) else _KIND_DENIED
            yield Conflict("high", text, (denial, against))


_ALL_DENIED = "One source says that there is no known allergy; another states one."
_KIND_DENIED = "One source says that there is no known allergy of one kind; another states one."


def _contradicts(denial: ShownItem, stated: ShownItem) -> bool:
    if _denies_every_allergy(denial):
        return True
    # A bare code of FHIR's own: an allergy that does not say its kind contradicts no narrower denial.
    kinds = {code for _system, code in codings_in(stated.header.category)}
    return not kinds.isdisjoint(_kinds_denied(denial))


def _is_standing_allergy(item: ShownItem) -> bool:
    if item.resource_type != "AllergyIntolerance":
        return False
    words = {code for _system, code in item.clinical_statuses} | {item.stands}
    return words.isdisjoint(_WITHOUT_FORCE)


def denies_allergy(item: ShownItem) -> bool:
    """Say whether an item states that there is no known allergy, be it of one kind alone."""
    return _denies_every_allergy(item) or bool(_kinds_denied(item))


def _denies_every_allergy(item: ShownItem) -> bool:
    return not NO_KNOWN_ALLERGY.isdisjoint(_snomed_codes(item))


def _kinds_denied(item: ShownItem) -> frozenset[str]:
    named = (_NO_KNOWN_OF_KIND.get(code, frozenset()) for code in _snomed_codes(item))
    return frozenset().union(*named)


def _snomed_codes(item: ShownItem) -> Iterator[str]:
    return (code for system, code in item.codings if system == systems.SNOMED_CT)


def _repeated_ids(items: Iterable[ShownItem]) -> Iterator[Conflict]:
    """Find different resources that one source sent under one type and id."""
    holders: dict[tuple[str | None, str, str], list[ShownItem]] = defaultdict(list)
    for item in items:
        if item.header.id is not None and item.source_id is not None:
            holders[item.source_id, item.resource_type, item.header.id].append(item)
    text = "One source sent different versions of this item; both are shown."
    return (
        Conflict("moderate", text, tuple(members))
        for members in holders.values()
        if len(members) > 1
    )


@dataclass(frozen=True, slots=True)
class _Dosed:
    item: ShownItem
    dose: Dose


def _dose_conflicts(items: Sequence[ShownItem]) -> Iterator[Conflict]:
    products = {item.id: item.header.code for item in items if item.resource_type == "Medication"}
    dosed = [
        _Dosed(item, dose)
        for item in items
        if item.resource_type in _PRESCRIBED
        and force_of(item) is Force.CURRENT
        and (dose := dose_of(item)) is not None
    ]
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for position, each in enumerate(dosed):
        for key in _keys_of(each.item, products):
            holders[key].append(position)
    for positions in tied(len(dosed), holders.values()):
        yield from _dose_conflict([dosed[position] for position in positions])


def _dose_conflict(dosed: Sequence[_Dosed]) -> Iterator[Conflict]:
    stated: dict[str | None, dict[Dose, None]] = defaultdict(dict)
    for each in dosed:
        stated[each.item.source_id][each.dose] = None
    worst = {
        (source, dose): _worst_difference(dose, _elsewhere(source, stated))
        for source, doses in stated.items()
        for dose in doses
    }
    members = tuple(each.item for each in dosed if worst[each.item.source_id, each.dose])
    if DoseDifference.NUMBER in worst.values():
        yield Conflict("high", "Sources state different doses of one medicine.", members)
    elif members:
        yield Conflict("moderate", "Sources word the dose of one medicine differently.", members)


def _elsewhere(source: str | None, stated: Mapping[str | None, Iterable[Dose]]) -> Iterator[Dose]:
    # Within one source two doses are two prescriptions, such as morning and evening.
    return (dose for other, doses in stated.items() if other != source for dose in doses)


def _worst_difference(dose: Dose, others: Iterable[Dose]) -> DoseDifference | None:
    found = {difference(dose, other) for other in others}
    return next((kind for kind in DoseDifference if kind in found), None)


def _keys_of(item: ShownItem, products: Mapping[str, Concepts]) -> Iterator[Hashable]:
    """Give what another statement of the same medicine shares: its group, or any code of the product."""
    if item.group is not None:
        yield item.group
    concepts = concepts_in(item.header.medication_codeable_concept)
    for concept in concepts or _product_of(item, products):
        for coding in concept.coding:
            if coding.system and coding.code and coding.code != DEGRADED_MEDICINE:
                yield (coding.system, coding.code)


class _Contained(Struct):
    id: str | None = None
    code: Concept | None = None


class _ByReference(Struct, rename="camel"):
    medication_reference: Reference | None = None
    contained: tuple[_Contained, ...] = ()


def _product_of(item: ShownItem, products: Mapping[str, Concepts]) -> tuple[Concept, ...]:
    if item.header.medication_reference is None:
        return ()
    try:
        # As it is shown: the header has the source's own reference, which leads nowhere here.
        shown = msgspec.json.decode(b"".join(item.render()), type=_ByReference)
    except (msgspec.DecodeError, RecursionError):
        return ()
    target = (shown.medication_reference and shown.medication_reference.reference) or ""
    if target.startswith("#"):
        inner = (each.code for each in shown.contained if each.id == target[1:])
        return tuple(code for code in inner if code is not None)
    return concepts_in(products.get(target.rpartition("/")[2]))


ConflictRule = Callable[[Sequence[ShownItem]], Iterator[Conflict]]
CONFLICT_RULES: tuple[ConflictRule, ...] = (_allergy_conflicts, _dose_conflicts, _repeated_ids)
"""Every rule by which a view may contradict itself, the gravest first; none rests on another."""
