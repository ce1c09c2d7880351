"""Give the same meaning in another code system, as sources that do not share one do.

Does not decide when a source uses it: the stated noise rates of `telling` do.
"""

from adapters.simulators.care.clinical_codes import (
    ACUTE_REASONS,
    LONG_TERM_PROBLEMS,
    MINOR_PROBLEMS,
)
from adapters.simulators.care.measurements import BLOOD_TESTS, VITAL_SIGNS
from adapters.simulators.truth import Coding
from fhir_profiles.systems import LOINC

ICD_10 = "http://hl7.org/fhir/sid/icd-10"
LOCAL = "https://shared-care-record.example/CodeSystem/local-code"

_PROBLEMS = {
    coding.code: Coding(ICD_10, icd, coding.display)
    for coding, icd in LONG_TERM_PROBLEMS + MINOR_PROBLEMS + ACUTE_REASONS
}
_MEASURED = {
    measured.coding.code: Coding(LOINC, measured.loinc, measured.coding.display)
    for measured in BLOOD_TESTS + VITAL_SIGNS
}


def other_coding(coding: Coding) -> Coding:
    """Give ICD-10 for a problem, LOINC for a measurement, else an entry of a local list."""
    return (
        _PROBLEMS.get(coding.code)
        or _MEASURED.get(coding.code)
        or Coding(LOCAL, f"L{coding.code}", coding.display)
    )
