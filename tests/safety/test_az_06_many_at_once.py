"""Many requests in one are no request here: a batch is refused whole, and asks no source (AZ-06)."""

from typing import Any

import orjson
import pytest

from tests.safety.siege import ASKED_ABOUT, DOCTOR, person_of, rows
from tests.stack import Stack

STRANGER = "other-practice"


def entry(url: str, method: str = "GET", **more: Any) -> dict[str, Any]:
    return {"request": {"method": method, "url": url, **more}}


def bundles(stack: Stack) -> dict[str, dict[str, Any]]:
    own, foreign = (f"Patient/{stack.patient(each)}" for each in (ASKED_ABOUT, STRANGER))
    one_foreign = [entry(own), entry(foreign)]
    condition = {"resourceType": "Condition", "subject": {"reference": foreign}}
    lists = {
        "one foreign among own": one_foreign,
        "an absolute address": [entry(f"http://gateway.test/fhir/{foreign}/$everything")],
        "another host": [entry(f"http://127.0.0.1/fhir/{foreign}")],
        "a conditional create": [
            {**entry("Condition", "POST", ifNoneExist=f"subject={foreign}"), "resource": condition}
        ],
        "nested": [{"resource": {"resourceType": "Bundle", "type": "batch", "entry": one_foreign}}],
        "ten thousand": one_foreign * 5_000,
    }
    return {
        f"{kind}, {name}": {"resourceType": "Bundle", "type": kind, "entry": entries}
        for kind in ("batch", "transaction")
        for name, entries in lists.items()
    }


@pytest.mark.parametrize(
    "path", ["/fhir", "/fhir/", "/fhir/Bundle", "/fhir/Patient", "/fhir/$batch"]
)
async def test_az_06_a_batch_is_refused_whole(stack: Stack, path: str):
    before = await stack.audit()

    for name, bundle in bundles(stack).items():
        answer = await stack.send(DOCTOR, path, orjson.dumps(bundle))

        assert answer.status_code in {400, 404, 405}, name
        assert answer.json()["resourceType"] == "OperationOutcome", name
        assert stack.patient(STRANGER) not in answer.text
        assert person_of(stack, ASKED_ABOUT).family_name not in answer.text
    assert await stack.audit() == before


async def test_az_06_a_batch_as_a_search_form_is_no_search(stack: Stack):
    bundle = orjson.dumps(bundles(stack)["batch, one foreign among own"])

    answer = await stack.send(DOCTOR, "/fhir/Encounter/_search", bundle)

    assert answer.status_code == 400
    assert await rows(stack, "asked") == []
