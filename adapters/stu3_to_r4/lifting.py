"""Take the allergies that a List contains out of it, so that each is a resource of its own.

Leaves every other contained resource where it is. Source: GP Connect Structured 1.6.2: ended
allergies are contained in their list.
"""

from dataclasses import dataclass, field

import msgspec

from adapters.gp_record import ENDED_ALLERGIES, list_codes
from adapters.stu3_to_r4.envelope import decode
from adapters.stu3_to_r4.identities import Identities
from adapters.stu3_to_r4.losses import Losses, LossReason, Node

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
                _resolve(allergy, losses)
            if b'"#' in raw_held and staying:
                # What it refers to inside the list goes along.
                allergy["contained"] = [decode(other) for other in staying]
    return lifting


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


def _resolve(allergy: Node, losses: Losses) -> None:
    stated = allergy.get("clinicalStatus", "resolved")
    if stated != "resolved":
        losses.note_all("AllergyIntolerance", "clinicalStatus", stated, LossReason.VALUE_TRANSLATED)
    allergy["clinicalStatus"] = "resolved"
