"""Name the codes and profiles in which the audit is told as FHIR.

Decides nothing. FHIR R4 AuditEvent; IHE ITI Basic Audit Log Patterns (BALP) 1.1.4; DICOM PS3.16, CID 400 and 401;
docs/audit-events.md says which were looked up where.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a system."""

    system: str
    code: str
    display: str

    @property
    def coding(self) -> Json:
        """Give it as a FHIR Coding."""
        return {"system": self.system, "code": self.code, "display": self.display}

    @property
    def concept(self) -> Json:
        """Give it as a FHIR CodeableConcept."""
        return {"coding": [self.coding]}


_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_RESTFUL = "http://hl7.org/fhir/restful-interaction"
_BALP = "https://profiles.ihe.net/ITI/BALP"
_PROFILE = f"{_BALP}/StructureDefinition/IHE.BasicAudit"

# What happened.
REST = Code(f"{_TERMINOLOGY}/audit-event-type", "rest", "RESTful Operation")
EXPORT = Code(_DICOM, "110106", "Export")
IMPORT = Code(_DICOM, "110107", "Import")
SECURITY_ALERT = Code(_DICOM, "110113", "Security Alert")
USER_AUTHENTICATION = Code(_DICOM, "110114", "User Authentication")
READ = Code(_RESTFUL, "read", "read")
SEARCH = Code(_RESTFUL, "search", "search")
DISCLOSE = Code(
    f"{_TERMINOLOGY}/iso-21089-lifecycle", "disclose", "Disclose Record Lifecycle Event"
)
BY_ROLE = Code(
    f"{_BALP}/CodeSystem/AuthZsubType", "AuthZ-Role", "Authorization Decision using only Roles"
)
LOGIN = Code(_DICOM, "110122", "Login")
LOGOUT = Code(_DICOM, "110123", "Logout")
OVERRIDE_STARTED = Code(_DICOM, "110127", "Emergency Override Started")
OVERRIDE_STOPPED = Code(_DICOM, "110138", "Emergency Override Stopped")
SECURITY_CONFIGURATION = Code(_DICOM, "110129", "Security Configuration")
RESTRICTED_FUNCTION = Code(_DICOM, "110132", "Use of Restricted Function")
OBJECT_SECURITY_CHANGED = Code(_DICOM, "110135", "Object Security Attributes Changed")
ROLES_CHANGED = Code(_DICOM, "110136", "Security Roles Changed")
USER_SECURITY_CHANGED = Code(_DICOM, "110137", "User security Attributes Changed")

# Who took part.
APPLICATION = Code(_DICOM, "110150", "Application")
DESTINATION = Code(_DICOM, "110152", "Destination Role ID")
SOURCE = Code(_DICOM, "110153", "Source Role ID")
RECIPIENT = Code(f"{_TERMINOLOGY}/v3-ParticipationType", "IRCP", "information recipient")
PROVIDER = Code(f"{_TERMINOLOGY}/v3-RoleClass", "PROV", "healthcare provider")
AUTHORISER = Code(f"{_TERMINOLOGY}/extra-security-role-type", "authserver", "authorization server")
HUMAN = Code(f"{_TERMINOLOGY}/extra-security-role-type", "humanuser", "human user")
APPLICATION_SERVER = Code(f"{_TERMINOLOGY}/security-source-type", "4", "Application Server")

# What it was about.
PERSON = Code(f"{_TERMINOLOGY}/audit-entity-type", "1", "Person")
SYSTEM_OBJECT = Code(f"{_TERMINOLOGY}/audit-entity-type", "2", "System Object")
OTHER = Code(f"{_TERMINOLOGY}/audit-entity-type", "4", "Other")
REQUEST_ID = Code(
    f"{_BALP}/CodeSystem/BasicAuditEntityType",
    "XrequestId",
    "transport specific unique identifier where http X-Request-Id is used",
)
PATIENT = Code(f"{_TERMINOLOGY}/object-role", "1", "Patient")
DOMAIN_RESOURCE = Code(f"{_TERMINOLOGY}/object-role", "4", "Domain Resource")
USER = Code(f"{_TERMINOLOGY}/object-role", "6", "User")
SECURITY_RESOURCE = Code(f"{_TERMINOLOGY}/object-role", "13", "Security Resource")
QUERY = Code(f"{_TERMINOLOGY}/object-role", "24", "Query")

# Profiles of IHE BALP.
BASIC_READ = f"{_PROFILE}.Read"
PATIENT_READ = f"{_PROFILE}.PatientRead"
PATIENT_QUERY = f"{_PROFILE}.PatientQuery"
DISCLOSURE_AT_SOURCE = f"{_PROFILE}.PrivacyDisclosure.Source"
TOKEN_USE = f"{_PROFILE}.OAUTHaccessTokenUse.Comprehensive"

NETWORK_URI = "5"
URI_SYSTEM = "urn:ietf:rfc:3986"
TOKEN_ID_PREFIX = "urn:ietf:params:oauth:jti:"  # noqa: S105 - a name, from BALP 1.1.4, OAUTHaccessTokenUse.Minimal
