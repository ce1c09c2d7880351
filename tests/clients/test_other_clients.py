"""Clients of other makers, unchanged, do an ordinary viewer's job against a real server."""

import pytest

from tests.clients.node import run_node, run_python
from tests.clients.test_fhirpy import found_patient
from tests.stack import Stack


@pytest.mark.usefixtures("node_packages")
async def test_fhir_kit_client_finds_reads_pages_and_opens_everything(stack: Stack, address: str):
    number = stack.london.people["everything"].digits
    task = {
        "base": f"{address}/fhir",
        "token": await stack.token("ed-consultant"),
        "number": number,
    }

    saw = await run_node("fhir_kit_viewer.mjs", task)

    assert saw["supportsSearch"]
    assert saw["pages"] > 1
    assert len(set(saw["encounters"])) == len(saw["encounters"]) > 10
    assert saw["subjects"] == [f"Patient/{saw['patient']}"]
    assert saw["resolved"] == saw["patient"]
    assert saw["one"] == saw["encounters"][0]
    assert set(saw["sources"]) == {"gp", "hospital", "ambulance"}
    assert saw["refusal"] == {"status": 404, "type": "OperationOutcome"}


async def test_fhir_pyrate_makes_a_table_of_a_persons_encounters(stack: Stack, address: str):
    token = await stack.token("ed-consultant")
    patient = await found_patient(stack, address, token)

    saw = await run_python(
        "pyrate_viewer.py", {"base": f"{address}/fhir", "token": token, "patient": patient}
    )

    assert saw["columns"] == ["id", "subject", "status", "starts"]
    assert len(set(saw["ids"])) == len(saw["ids"]) > 10
    assert saw["subjects"] == [f"Patient/{patient}"]
    assert saw["starts"] > 0
