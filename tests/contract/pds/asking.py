"""Ask the simulated PDS, and read its answers."""

from uuid import uuid4

import httpx2

from adapters.simulators.cohort import make_cohort, showcase

COHORT = make_cohort(seed=1, people=60)
NAMED = showcase(COHORT)
NEVER_ALLOCATED = "9990000018"


def client_of(app):
    headers = {"X-Request-ID": str(uuid4())}
    transport = httpx2.ASGITransport(app=app)
    return httpx2.AsyncClient(transport=transport, base_url="http://pds", headers=headers)


def person_named(key):
    return COHORT.people[NAMED[key]]


def code_of(response):
    assert response.headers["content-type"].startswith("application/fhir+json")
    assert response.json()["resourceType"] == "OperationOutcome"
    return response.json()["issue"][0]["details"]["coding"][0]["code"]


def exactly(person):
    return {"family": person.family_name, "birthdate": person.born_on.isoformat()}


def found_in(response):
    assert response.status_code == 200
    bundle = response.json()
    assert bundle["type"] == "searchset"
    assert bundle["total"] == len(bundle.get("entry", []))
    return [entry["resource"]["id"] for entry in bundle.get("entry", [])]
