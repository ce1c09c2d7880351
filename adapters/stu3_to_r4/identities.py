"""Give every mapped resource an id of its own where STU3 has none, or two become one type.

Keeps every id that can be kept, whatever its length or letters: outward ids are the gateway's.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b

from adapters.gp_record import list_codes
from adapters.stu3_to_r4.catalogue import RULES
from adapters.stu3_to_r4.envelope import Entry
from adapters.stu3_to_r4.losses import Node

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_HASH_BYTES = 10


class Identities:
    """Ids in use in one bundle; `referrals` holds the new ids of referrals that must give way."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.referrals: dict[str, str] = {}
        self._taken: set[tuple[str, str]] = set()
        self._lifted: dict[tuple[str, bytes], str] = {}
        referrals = set()
        for entry in entries:
            if entry.stu3_type == "ReferralRequest":
                referrals.add(str(entry.stated_id))
            elif entry.stu3_type in RULES:
                self._taken.add((RULES[entry.stu3_type].r4_type, str(entry.stated_id)))
        for identity in sorted(referrals):
            given = self._free("ServiceRequest", identity, "ReferralRequest-")
            if given != identity:
                self.referrals[identity] = given

    def of_resource(self, resource: Node, raw: bytes) -> str:
        """Give the id that a resource of the bundle has in R4."""
        stated = resource.get("id")
        if isinstance(stated, str) and stated:
            is_referral = resource["resourceType"] == "ReferralRequest"
            return self.referrals.get(stated, stated) if is_referral else stated
        return self._made(resource, raw)

    def _made(self, resource: Node, raw: bytes) -> str:
        # GP systems send primary lists without id: the code is theirs from one answer to the next.
        for code in list_codes(resource) if resource["resourceType"] == "List" else ():
            if _ID.fullmatch(code) and ("List", code) not in self._taken:
                self._taken.add(("List", code))
                return code
        return f"unnamed-{blake2b(raw, digest_size=_HASH_BYTES).hexdigest()}"

    def of_lifted(self, stated: object, raw: bytes) -> tuple[str, bool]:
        """Give the id of a contained allergy on its own, and whether it is met for the first time."""
        known = self._lifted.get((str(stated), raw))
        if known is not None:
            return known, False
        identity = str(stated or f"unnamed-{blake2b(raw, digest_size=_HASH_BYTES).hexdigest()}")
        given = self._free("AllergyIntolerance", identity.removeprefix("#"), "ended-")
        self._lifted[(str(stated), raw)] = given
        return given, True

    def _free(self, r4_type: str, wanted: str, prefix: str) -> str:
        while (r4_type, wanted) in self._taken:
            wanted = prefix + wanted
        self._taken.add((r4_type, wanted))
        return wanted
