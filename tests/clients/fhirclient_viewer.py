"""An ordinary SMART application on client-py: launches, and tells what it could see of one person.

Reads what it is to do on standard input and writes what it saw on standard output. The browser beside it is a
session of `requests`, which fills in the provider's form as a person would.
"""

import json
import re
import sys
from html import unescape

import requests
from fhirclient import client
from fhirclient.models import (
    allergyintolerance,
    condition,
    encounter,
    medicationrequest,
    observation,
    patient,
)
from fhirclient.server import FHIRNotFoundException, FHIRPermissionDeniedException

asked = json.load(sys.stdin)
settings = {
    "app_id": asked["client_id"],
    "api_base": asked["base"],
    "redirect_uri": asked["redirect_uri"],
    "scope": asked["scope"],
}
smart = client.FHIRClient(settings=settings | asked.get("launch", {}))


def signed_in(address: str) -> str:
    """Fill in the provider's form, and give the address that the browser is sent to."""
    browser = requests.Session()
    browser.trust_env = False
    page = browser.get(address)
    page.raise_for_status()
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    typed = {name: unescape(value) for name, value in fields.items()} | asked["person"]
    sent = browser.post(address.split("?")[0], data=typed, allow_redirects=False)
    return sent.headers["location"]


def found(kind):
    return kind.where({"patient": smart.patient_id}).perform_resources(smart.server)


def refused(asking) -> str | None:
    try:
        asking()
    except FHIRPermissionDeniedException:
        return "denied"
    except FHIRNotFoundException:
        return "not-found"
    return None


is_ready_before = smart.prepare()
smart.handle_callback(signed_in(smart.authorize_url))
kinds = (
    condition.Condition,
    medicationrequest.MedicationRequest,
    allergyintolerance.AllergyIntolerance,
    observation.Observation,
)
json.dump(
    {
        "was_ready": is_ready_before,
        "is_ready": smart.ready,
        "context": smart.launch_context,
        "scope": smart.launch_context["scope"],
        "patient": smart.patient.id,
        "family": smart.patient.name[0].family,
        "counts": {
            kind.resource_type: sum(isinstance(each, kind) for each in found(kind))
            for kind in kinds
        },
        "encounters": refused(lambda: found(encounter.Encounter)),
        "nobody": refused(lambda: patient.Patient.read("nobody", smart.server)),
        "another": refused(lambda: patient.Patient.read(asked["another"], smart.server)),
    },
    sys.stdout,
)
