"""A caller, the gateway and a practice, for tests of the GP adapter."""

from adapters.contract import Caller
from adapters.gp_headers import GpConsumer, GpEndpoint

CALLER = Caller(
    user_id="555079033108",
    role_profile_id="100334993514",
    role_code="R0260",
    family_name="Okafor",
    given_name="Ada",
    organisation="RRV",
    organisation_name="A hospital",
    name_prefix="Dr",
)
CONSUMER = GpConsumer(
    issuer="https://gateway.example/token",
    asids={"RRV": "200000000001"},
    device_system="https://gateway.example/device",
    device_value="gateway-1",
    device_model="Gateway",
    device_version="1.0",
    local_user_system="https://gateway.example/user",
)
ENDPOINT = GpEndpoint(
    "https://practice.example/F84004/STU3/1/gpconnect/structured/fhir", "918999198993"
)


def outcome(code, system="https://fhir.nhs.uk/STU3/CodeSystem/Spine-ErrorOrWarningCode-1"):
    coding = [{"system": system, "code": code}]
    issue = {"severity": "error", "code": "invalid", "details": {"coding": coding}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
