"""An ordinary FHIR client, unchanged, does an ordinary viewer's job against a real server."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fhirpy import AsyncFHIRClient

from gateway.app import create_app
from tests.stack import Stack


@pytest.fixture
async def address(stack: Stack) -> AsyncIterator[str]:
    """Serve the gateway on a real socket; links must name the address that the client uses."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    object.__setattr__(
        stack.services,
        "settings",
        stack.services.settings.model_copy(update={"base_url": url}),
    )
    server = uvicorn.Server(
        uvicorn.Config(create_app(stack.services), lifespan="off", log_level="critical")
    )
    server.install_signal_handlers = contextlib.nullcontext
    serving = asyncio.create_task(server._serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)  # uvicorn tells of its start in no other way
    yield url
    server.should_exit = True
    await serving


async def found_patient(stack: Stack, address: str, token: str) -> str:
    """POST the number in a form; the answer holds the opaque id."""
    number = stack.london.people["everything"].digits
    form = {"identifier": f"https://fhir.nhs.uk/Id/nhs-number|{number}"}
    finder = AsyncFHIRClient(
        f"{address}/fhir", authorization=f"Bearer {token}", aiohttp_config={"data": form}
    )
    found = await finder.execute("Patient/_search", method="post")
    return found["entry"][0]["resource"]["id"]


async def test_fhirpy_finds_reads_pages_and_opens_everything(stack: Stack, address: str):
    token = await stack.token("ed-consultant")
    client = AsyncFHIRClient(f"{address}/fhir", authorization=f"Bearer {token}")
    patient_id = await found_patient(stack, address, token)

    patient = await client.reference("Patient", patient_id).to_resource()
    pages = client.resources("Encounter").search(patient=patient_id).limit(10)
    encounters = await pages.fetch_all()
    one = await client.reference("Encounter", encounters[0]["id"]).to_resource()
    everything = await client.execute(f"Patient/{patient_id}/$everything", method="get")

    assert patient["id"] == patient_id
    assert len(encounters) > 10
    assert {each["subject"]["reference"] for each in encounters} == {f"Patient/{patient_id}"}
    assert one["id"] == encounters[0]["id"]
    assert {"gp", "hospital", "ambulance"} == {
        each["resource"]["issue"][0]["diagnostics"]
        for each in everything["entry"]
        if each["search"]["mode"] == "outcome"
    }
