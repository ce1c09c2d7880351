"""Set what one practice system holds back or has switched off, for chosen people.

Real systems set this in their own configuration; here the demo and the tests do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fhir_profiles.nhs_number import NhsNumber


class Area(StrEnum):
    """The clinical areas of a structured record, by the parameter that asks for each."""

    ALLERGIES = "includeAllergies"
    MEDICATION = "includeMedication"
    CONSULTATIONS = "includeConsultations"
    PROBLEMS = "includeProblems"
    IMMUNISATIONS = "includeImmunisations"
    UNCATEGORISED = "includeUncategorisedData"
    INVESTIGATIONS = "includeInvestigations"
    REFERRALS = "includeReferrals"
    DIARY = "includeDiaryEntries"


class ListWarning(StrEnum):
    """Why a list may be incomplete (CareConnect-ListWarningCode-1)."""

    CONFIDENTIAL_ITEMS = "confidential-items"
    DATA_IN_TRANSIT = "data-in-transit"
    DATA_AWAITING_FILING = "data-awaiting-filing"


@dataclass(frozen=True, slots=True)
class GpRules:
    """Warnings that every list of a person carries, and areas that are switched off for a person."""

    warnings: Mapping[NhsNumber, frozenset[ListWarning]] = field(default_factory=dict)
    switched_off: Mapping[NhsNumber, frozenset[Area]] = field(default_factory=dict)

    def warnings_for(self, number: NhsNumber) -> tuple[ListWarning, ...]:
        """Give the warnings of a person's lists, sorted by code."""
        return tuple(sorted(self.warnings.get(number, frozenset())))

    def switched_off_for(self, number: NhsNumber) -> frozenset[Area]:
        """Give the areas that are not available for a person."""
        return self.switched_off.get(number, frozenset())
