"""Say in R4's words what is the same everywhere: code systems, and references to renamed types.

Changes no clinical value: only `system` and `reference` strings, each listed.
Follows HL7 Terminology (the R4 homes of the v2, v3 and FHIR code systems) and UK Core.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from adapters.stu3_to_r4.losses import Losses, LossReason, Node
from fhir_profiles.systems import NHS_NUMBER, NHS_NUMBER_ACCEPTED

_HL7 = "http://hl7.org/fhir/"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_UK_CORE = "https://fhir.hl7.org.uk/CodeSystem/UKCore-"

_MOVED_HL7_SYSTEMS = (
    "condition-category",
    "data-absent-reason",
    "diagnosis-role",
    "encounter-type",
    "list-empty-reason",
    "list-order",
    "location-physical-type",
    "observation-category",
    "organization-type",
    "referencerange-meaning",
    "service-category",
)
_UK_CORE_SYSTEMS = {
    "CareConnect-SDSJobRoleName-1": "SDSJobRoleName",
    "CareConnect-NHSNumberVerificationStatus-1": "NHSNumberVerificationStatusEngland",
    "CareConnect-ListWarningCode-1": "ListWarningCode",
}
# Both publishers have served the same CareConnect lists.
_CARE_CONNECT_BASES = (
    "https://fhir.hl7.org.uk/STU3/CodeSystem/",
    "https://fhir.nhs.uk/STU3/CodeSystem/",
)
_SYSTEMS: Mapping[str, str] = {
    **{_HL7 + name: _TERMINOLOGY + name for name in _MOVED_HL7_SYSTEMS},
    **{
        base + old: _UK_CORE + new
        for base in _CARE_CONNECT_BASES
        for old, new in _UK_CORE_SYSTEMS.items()
    },
    **{system: NHS_NUMBER for system in NHS_NUMBER_ACCEPTED if system != NHS_NUMBER},
}
_VERSIONED = {_HL7 + "v2/": _TERMINOLOGY + "v2-", _HL7 + "v3/": _TERMINOLOGY + "v3-"}
_VERSIONED_START = len(_HL7) + len("v3/")

_RENAMED_TYPE = re.compile(r"(^|/)(ProcedureRequest|ReferralRequest)(?:/([^/?#]+)|(?=\?))")

_Trail: TypeAlias = "tuple[_Trail, str] | None"


# Sources use a few dozen systems; the bound keeps a hostile one from filling memory.
@lru_cache(maxsize=1024)
def r4_system(system: str) -> str:
    """Give a code or identifier system as R4 names it."""
    known = _SYSTEMS.get(system)
    if known is not None:
        return known
    moved = _VERSIONED.get(system[:_VERSIONED_START])
    return system if moved is None else moved + system[_VERSIONED_START:]


@dataclass(frozen=True, slots=True)
class Renames:
    """New ids of referrals whose id a procedure request has too, and new homes of lifted resources."""

    referrals: Mapping[str, str]
    contained: Mapping[str, str]

    def reference(self, reference: str) -> str:
        """Give a reference as it reads in R4."""
        if "ProcedureRequest" in reference or "ReferralRequest" in reference:
            return _RENAMED_TYPE.sub(self._renamed, reference)
        return self.contained.get(reference, reference) if self.contained else reference

    def _renamed(self, found: re.Match[str]) -> str:
        start, stu3_type, identity = found.groups()
        if identity is None:
            return f"{start}ServiceRequest"
        if stu3_type == "ReferralRequest":
            identity = self.referrals.get(identity, identity)
        return f"{start}ServiceRequest/{identity}"


def rewrite(resource: Node, renames: Renames, losses: Losses) -> None:
    """Put systems and references of a decoded STU3 resource into R4's words, in place."""
    _Rewriting(str(resource.get("resourceType")), renames, losses).walk(resource, None)


@dataclass(frozen=True, slots=True)
class _Rewriting:
    source_type: str
    renames: Renames
    losses: Losses

    def walk(self, node: Node, trail: _Trail) -> None:
        # Every value of a record passes here: the cheapest tests come first.
        for name, value in node.items():
            kind = value.__class__
            if kind is str:
                if name in ("system", "reference"):
                    self._rewrite_text(node, name, value, trail)
            elif kind is dict:
                self.walk(value, (trail, name))
            elif kind is list:
                for part in value:
                    if part.__class__ is dict:
                        self.walk(part, (trail, name))

    def _rewrite_text(self, node: Node, name: str, value: str, trail: _Trail) -> None:
        said = r4_system(value) if name == "system" else self.renames.reference(value)
        if said != value:
            node[name] = said
            self._note(trail, name)

    def _note(self, trail: _Trail, name: str) -> None:
        path = ".".join([*_names_of(trail), name])
        self.losses.note(self.source_type, path, LossReason.VALUE_TRANSLATED)


def _names_of(trail: _Trail) -> list[str]:
    names: list[str] = []
    while trail is not None:
        trail, name = trail
        names.append(name)
    return names[::-1]
