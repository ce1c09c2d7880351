"""Say in `meta.security` why a source holds an item to be sensitive.

Does not decide who may see it. Codes are those of HL7 v3 ActCode where it has one; other words are
given as the source's own codes, so that a reader meets codes it cannot know.
"""

from collections.abc import Iterable

from adapters.simulators.rendering import Resource, coding
from fhir_profiles import systems

STU3_ACT_CODE = "http://hl7.org/fhir/v3/ActCode"
LABEL_SYSTEM = "https://shared-care-record.example/CodeSystem/label"

_ACT_CODES = {
    "sexual-health": ("SEX", "sexuality and reproductive health information sensitivity"),
    "mental-health": ("PSY", "psychiatry disorder information sensitivity"),
    "safeguarding": ("SDV", "sexual assault, abuse, or domestic violence information sensitivity"),
    "substance": ("ETH", "substance abuse information sensitivity"),
    "gender": ("GDIS", "gender identity information sensitivity"),
    "hiv": ("HIV", "HIV/AIDS information sensitivity"),
    "nopat": ("NOPAT", "no disclosure to patient, family or caregivers"),
}
_UNSENSITIVE = frozenset({"normal", "own"})


def security_of(
    labels: Iterable[str], act_code_system: str = systems.V3_ACT_CODE
) -> list[Resource]:
    """Give the security labels of an item, sorted by word."""
    words = sorted(set(labels) - _UNSENSITIVE)
    return [_security_coding(word, act_code_system) for word in words]


def restricted() -> Resource:
    """Give the confidentiality code R, restricted."""
    return coding(systems.V3_CONFIDENTIALITY, "R", "restricted")


def _security_coding(word: str, act_code_system: str) -> Resource:
    if (known := _ACT_CODES.get(word)) is not None:
        return coding(act_code_system, *known)
    return coding(LABEL_SYSTEM, word)
