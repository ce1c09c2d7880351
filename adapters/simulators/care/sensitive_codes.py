"""List the sensitive items that people of the cohort may have, each with the reason for its sensitivity.

Does not say what any role may see of them.
"""

from dataclasses import dataclass

from adapters.simulators.care.clinical_codes import INVENTED, snomed
from adapters.simulators.truth import Coding, FactKind
from fhir_profiles.vocabulary import Label


@dataclass(frozen=True, slots=True)
class Sensitive:
    """An item with its label; `label` is a word, as sources may send words that nobody knows."""

    kind: FactKind
    coding: Coding
    label: str


ANTIRETROVIRAL = Sensitive(
    FactKind.MEDICATION,
    Coding(
        INVENTED,
        "emtricitabine-tenofovir",
        "Emtricitabine 200mg / Tenofovir disoproxil 245mg tablets",
    ),
    Label.SEXUAL_HEALTH,
)
HIV = Sensitive(
    FactKind.PROBLEM,
    snomed("86406008", "Human immunodeficiency virus infection"),
    Label.SEXUAL_HEALTH,
)
VIRAL_LOAD = Sensitive(
    FactKind.RESULT, Coding(INVENTED, "hiv-viral-load", "HIV viral load"), Label.SEXUAL_HEALTH
)
GONORRHOEA = Sensitive(FactKind.PROBLEM, snomed("15628003", "Gonorrhoea"), Label.SEXUAL_HEALTH)
SEXUAL_HEALTH_VISIT = Sensitive(
    FactKind.ENCOUNTER,
    Coding(INVENTED, "sexual-health-clinic", "Sexual health clinic attendance"),
    Label.SEXUAL_HEALTH,
)
DEPRESSION = Sensitive(
    FactKind.PROBLEM, snomed("35489007", "Depressive disorder"), Label.MENTAL_HEALTH
)
PSYCHOSIS = Sensitive(FactKind.PROBLEM, snomed("58214004", "Schizophrenia"), Label.MENTAL_HEALTH)
SERTRALINE = Sensitive(
    FactKind.MEDICATION,
    snomed("9751511000001104", "Sertraline 100mg tablets"),
    Label.MENTAL_HEALTH,
)
CRISIS_PLAN = Sensitive(
    FactKind.CARE_PLAN,
    Coding(INVENTED, "mental-health-crisis-plan", "Mental health crisis plan"),
    Label.MENTAL_HEALTH,
)
ADULT_SAFEGUARDING = Sensitive(
    FactKind.FLAG, snomed("766561000000109", "Adult safeguarding concern"), Label.SAFEGUARDING
)
CHILD_PROTECTION = Sensitive(
    FactKind.FLAG, snomed("342191000000101", "Subject to child protection plan"), Label.SAFEGUARDING
)
OPIOIDS = Sensitive(FactKind.PROBLEM, snomed("75544000", "Opioid dependence"), Label.SUBSTANCE)
ALCOHOL = Sensitive(FactKind.PROBLEM, snomed("66590003", "Alcohol dependence"), Label.SUBSTANCE)
FERTILITY = Sensitive(
    FactKind.PROCEDURE, snomed("52637005", "In vitro fertilisation"), Label.REPRODUCTIVE
)
GENDER = Sensitive(FactKind.PROBLEM, snomed("93461009", "Gender dysphoria"), Label.GENDER)
PRISON = Sensitive(
    FactKind.ENCOUNTER, Coding(INVENTED, "prison-health-visit", "Prison health visit"), Label.PRISON
)
ADOPTION = Sensitive(
    FactKind.DOCUMENT, Coding(INVENTED, "adoption-medical", "Adoption medical"), Label.ADOPTION
)
WITNESS = Sensitive(
    FactKind.FLAG, Coding(INVENTED, "protected-witness", "Protected person"), Label.WITNESS
)
THIRD_PARTY = Sensitive(
    FactKind.DOCUMENT,
    Coding(INVENTED, "relative-letter", "Letter from a relative"),
    Label.THIRD_PARTY,
)
SEALED = Sensitive(
    FactKind.PROBLEM, Coding(INVENTED, "sealed-entry", "Entry sealed by the patient"), Label.SEALED
)
UNKNOWN_LABEL = Sensitive(
    FactKind.PROBLEM,
    Coding(INVENTED, "local-study", "Taking part in a local study"),
    "research-interest",
)
"""Carries a word that no vocabulary holds: it must be handled as the most sensitive."""

EVERYDAY_SENSITIVE: tuple[Sensitive, ...] = (
    HIV,
    GONORRHOEA,
    ANTIRETROVIRAL,
    DEPRESSION,
    PSYCHOSIS,
    SERTRALINE,
    ADULT_SAFEGUARDING,
    OPIOIDS,
    ALCOHOL,
    FERTILITY,
    GENDER,
    PRISON,
    ADOPTION,
    WITNESS,
    THIRD_PARTY,
    SEALED,
)
