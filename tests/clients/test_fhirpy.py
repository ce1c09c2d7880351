"""An ordinary FHIR client, unchanged, does an ordinary viewer's job against a real server."""

from fhirpy import AsyncFHIRClient

from tests.stack import Stack


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
