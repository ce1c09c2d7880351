"""Name the codes that stand where an item's own code was lost on its way between practices.

Restores no code: what the item is stands in its text alone. Source: GP Connect Structured 1.6.2, clinical
codes, degradation.
"""

from collections.abc import Iterable

from fhir_profiles.systems import SNOMED_CT

TRANSFER_DEGRADED = "transfer-degraded"
"""The code of our tag on such an item."""

_DEGRADED = frozenset(
    {
        "196411000000103",  # record entry
        "196421000000109",  # medication entry
        "196431000000106",  # referral
        "196441000000102",  # request
        "196451000000104",  # plan
        "196461000000101",  # drug allergy
        "196471000000108",  # non-drug allergy
    }
)


def is_degraded(codings: Iterable[tuple[str | None, str | None]]) -> bool:
    """Say whether codings tell that the item's own code was lost."""
    return any(system == SNOMED_CT and code in _DEGRADED for system, code in codings)
