"""Read the security labels of a Bundle's own `meta`, which are about everything in it.

Decides nothing by them. Follows HL7 FHIR R4, section 6.1.1 (security labels).
"""

import msgspec
from msgspec import UNSET

from fhir_profiles.datatypes import Coding, Kept
from fhir_profiles.json_scan import escapes_a_key, repeats_a_key
from fhir_profiles.members import members_or_none

_DECODE = msgspec.json.Decoder(tuple[Coding, ...] | None).decode


def labels_of_bundle(meta: Kept) -> tuple[Coding, ...] | None:
    """Give the labels of a Bundle's `meta`; None when readers could differ on them."""
    if meta is UNSET or bytes(meta) == b"null":
        return ()
    members = members_or_none(bytes(meta))
    if members is None:
        return None
    labels = bytes(members.get("security", b"null"))
    if repeats_a_key(labels) or escapes_a_key(labels):
        return None
    try:
        return _DECODE(labels) or ()
    except msgspec.ValidationError:
        return None
