"""Name the identifier and code systems that this service reads or writes."""

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
NHS_NUMBER_ACCEPTED = frozenset({NHS_NUMBER, "https://fhir.hl7.org.uk/Id/nhs-number"})
"""Both are met in London; only the NHS England one is ever written."""

ODS_ORGANISATION = "https://fhir.nhs.uk/Id/ods-organization-code"
ODS_SITE = "https://fhir.nhs.uk/Id/ods-site-code"
SDS_USER = "https://fhir.nhs.uk/Id/sds-user-id"
SDS_ROLE_PROFILE = "https://fhir.nhs.uk/Id/sds-role-profile-id"

SNOMED_CT = "http://snomed.info/sct"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"

V3_ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
V3_ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
V3_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
V3_OBSERVATION_VALUE = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
DATA_ABSENT_REASON = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

_OURS = "https://shared-care-record.example"
CATEGORY = f"{_OURS}/CodeSystem/category"
LABEL = f"{_OURS}/CodeSystem/label"
SOURCE_OUTCOME = f"{_OURS}/CodeSystem/source-outcome"
JOURNEY = f"{_OURS}/CodeSystem/journey"
CODING_QUALITY = f"{_OURS}/CodeSystem/coding-quality"
ROLE = f"{_OURS}/CodeSystem/role"
AUDIT_ACTION = f"{_OURS}/CodeSystem/audit-action"
LSOA = f"{_OURS}/CodeSystem/lsoa"
ASSAULT_ITEM = f"{_OURS}/CodeSystem/assault-item"
ASSAULT_METHOD = f"{_OURS}/CodeSystem/assault-method"
ASSAULT_LOCATION_TYPE = f"{_OURS}/CodeSystem/assault-location-type"
ASSAULT_CIRCUMSTANCE = f"{_OURS}/CodeSystem/assault-circumstance"
ASSAULT_VENUE = f"{_OURS}/CodeSystem/assault-venue"
VIEW_HASH = f"{_OURS}/Id/view-hash"
EXTENSION_BASE = f"{_OURS}/StructureDefinition"

UK_CORE = "https://fhir.hl7.org.uk/StructureDefinition"
NHS_NUMBER_VERIFICATION_STATUS = f"{UK_CORE}/Extension-UKCore-NHSNumberVerificationStatus"

GATEWAY_SOURCE_URI = "urn:scr:gateway"


def source_uri(source_id: str) -> str:
    """Give the `meta.source` of a resource from one source."""
    return f"urn:scr:source:{source_id}"
