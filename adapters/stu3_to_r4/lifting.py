"""Take the allergies that a List contains out of it, and resolve those that have ended.

Leaves every other contained resource where it is. Source: GP Connect Structured 1.6.2: ended
allergies are contained in their list.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from adapters.gp_record import ENDED_ALLERGIES, list_codes
from adapters.stu3_to_r4.envelope import Entry, decode
from adapters.stu3_to_r4.identities import Identities
from adapters.stu3_to_r4.losses import Losses, LossReason, Node

_MISSHAPEN = (AttributeError, TypeError, ValueError, RecursionError)
_RAW_CONTAINED = msgspec.json.Decoder(dict[str, msgspec.Raw])
_RAW_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Lifting:
    """What left a List: bytes and content of each allergy, and `#id` → its new home."""

    allergies: list[tuple[bytes, Node]] = field(default_factory=list)
    homes: dict[str, str] = field(default_factory=dict)


def lift_allergies(
    record_list: Node, raw: bytes, identities: Identities, losses: Losses
) -> Lifting:
    """Remove contained allergies from a decoded List; one that two lists contain leaves once."""
    lifting = Lifting()
    if "contained" not in record_list:
        return lifting
    raws = map(bytes, _RAW_ITEMS.decode(_RAW_CONTAINED.decode(raw)["contained"]))
    held = list(zip(raws, record_list.pop("contained"), strict=True))
    staying = [raw_held for raw_held, resource in held if not _is_allergy(resource)]
    if staying:
        record_list["contained"] = [decode(raw_held) for raw_held in staying]
    is_ended = ENDED_ALLERGIES in list_codes(record_list)
    for raw_held, allergy in held:
        if _is_allergy(allergy):
            _lift(lifting, raw_held, allergy, identities, losses)
            if is_ended:
                resolve_allergy(allergy, losses)
            if b'"#' in raw_held and staying:
                # What it refers to inside the list goes along.
                allergy["contained"] = [decode(other) for other in staying]
    return lifting


def ended_elsewhere(entries: Iterable[Entry]) -> frozenset[str]:
    """Name the allergies that lists of ended ones refer to instead of containing them."""
    return frozenset(
        reference
        for entry in entries
        if entry.stu3_type == "List" and ENDED_ALLERGIES.encode() in entry.raw
        for reference in _references_of(entry.raw)
    )


def _references_of(raw: bytes) -> list[str]:
    try:
        record_list = decode(raw)
        if ENDED_ALLERGIES not in list_codes(record_list):
            return []
        items = [entry.get("item", {}) for entry in record_list.get("entry", [])]
        return [str(item.get("reference")) for item in items]
    except _MISSHAPEN:
        # Such a list is counted as unreadable when it is mapped.
        return []


def resolve_allergy(allergy: Node, losses: Losses) -> None:
    """Make an ended allergy resolved, whatever status it states."""
    stated = allergy.get("clinicalStatus", "resolved")
    if stated != "resolved":
        losses.note_all("AllergyIntolerance", "clinicalStatus", stated, LossReason.VALUE_TRANSLATED)
    allergy["clinicalStatus"] = "resolved"


def _is_allergy(resource: Node) -> bool:
    return resource.get("resourceType") == "AllergyIntolerance"


def _lift(
    lifting: Lifting, raw: bytes, allergy: Node, identities: Identities, losses: Losses
) -> None:
    stated = allergy.get("id")
    identity, is_new = identities.of_lifted(stated, raw)
    lifting.homes[f"#{str(stated).removeprefix('#')}"] = f"AllergyIntolerance/{identity}"
    if stated is not None and stated != identity:
        losses.note("AllergyIntolerance", "id", LossReason.VALUE_TRANSLATED)
    allergy["id"] = identity
    if is_new:
        lifting.allergies.append((raw, allergy))
