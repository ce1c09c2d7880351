"""Name the table of every STU3 type that is mapped.

A type that is not here is not guessed at: its resources are counted unreadable.
"""

from collections.abc import Mapping
from types import MappingProxyType

from adapters.stu3_to_r4.allergy import ALLERGY_INTOLERANCE
from adapters.stu3_to_r4.appointment import APPOINTMENT
from adapters.stu3_to_r4.condition import CONDITION
from adapters.stu3_to_r4.directory import (
    HEALTHCARE_SERVICE,
    LOCATION,
    ORGANIZATION,
    PRACTITIONER,
    PRACTITIONER_ROLE,
)
from adapters.stu3_to_r4.document import BINARY, DOCUMENT_REFERENCE, QUESTIONNAIRE_RESPONSE
from adapters.stu3_to_r4.encounter import ENCOUNTER
from adapters.stu3_to_r4.immunization import IMMUNIZATION
from adapters.stu3_to_r4.medication import MEDICATION, MEDICATION_REQUEST, MEDICATION_STATEMENT
from adapters.stu3_to_r4.observation import DIAGNOSTIC_REPORT, OBSERVATION, SPECIMEN
from adapters.stu3_to_r4.patient import PATIENT, RELATED_PERSON
from adapters.stu3_to_r4.record_list import LIST
from adapters.stu3_to_r4.request import PROCEDURE_REQUEST, REFERRAL_REQUEST
from adapters.stu3_to_r4.rules import TypeRules

_TABLES = (
    PATIENT,
    RELATED_PERSON,
    ENCOUNTER,
    CONDITION,
    MEDICATION_STATEMENT,
    MEDICATION_REQUEST,
    MEDICATION,
    ALLERGY_INTOLERANCE,
    IMMUNIZATION,
    OBSERVATION,
    DIAGNOSTIC_REPORT,
    SPECIMEN,
    PROCEDURE_REQUEST,
    REFERRAL_REQUEST,
    DOCUMENT_REFERENCE,
    BINARY,
    QUESTIONNAIRE_RESPONSE,
    PRACTITIONER,
    PRACTITIONER_ROLE,
    ORGANIZATION,
    LOCATION,
    HEALTHCARE_SERVICE,
    APPOINTMENT,
    LIST,
)

RULES: Mapping[str, TypeRules] = MappingProxyType({table.stu3_type: table for table in _TABLES})
"""STU3 type → its table."""
