"""The simulated hospital gives long answers in pages, whole records, and misbehaves on demand."""

from adapters.simulators.faults import FaultKind, Faults
from adapters.simulators.fhir_pages import Pages, Question
from adapters.simulators.hospital import create_app
from adapters.simulators.truth import FactKind, SourceKind
from tests.contract.r4_client import (
    COHORT,
    PERSON,
    Teller,
    client,
    everything,
    found,
    get,
    identified,
    link,
    patient_id,
    references_in,
    telling,
)

HOSPITAL = Teller(SourceKind.HOSPITAL, "RRV")
APP = create_app(COHORT, Faults())
CLINICAL = (
    "Encounter", "Condition", "AllergyIntolerance", "Observation", "DiagnosticReport", "Procedure",
    "MedicationRequest", "MedicationStatement", "Immunization", "DocumentReference", "Appointment",
    "ServiceRequest", "Flag", "CarePlan",
)  # fmt: skip


async def test_pages_are_linked_by_opaque_links_and_lose_nothing():
    whole = found(await get(APP, "Observation", patient__identifier=identified(), _count=500))
    answer = await get(APP, "Observation", patient__identifier=identified(), _count=3)
    paged, pages = found(answer), 1
    async with client(APP) as asking:
        while (following := link(answer, "next")) is not None:
            assert PERSON.digits not in following
            answer = await asking.get(following)
            paged += found(answer)
            pages += 1

    assert paged == whole
    assert pages == -(-len(whole) // 3)
    assert answer.json()["total"] == len(whole)


async def test_a_count_over_the_largest_page_is_capped():
    many = [HOSPITAL.said(FactKind.PROCEDURE, f"p{n}") for n in range(501)]
    app = create_app(telling(*many), Faults())

    answer = await get(app, "Procedure", patient__identifier=identified(), _count=9999)

    assert len(found(answer)) == 500
    assert link(answer, "next") is not None


async def test_a_count_of_nothing_gives_the_total_alone():
    answer = await get(APP, "Observation", patient__identifier=identified(), _count=0)

    assert answer.json()["total"] > 0
    assert found(answer) == []


async def test_includes_are_marked_and_come_with_the_matches_that_refer_to_them():
    answer = await get(
        APP, "Encounter", patient__identifier=identified(), _include="Encounter:location"
    )

    modes = {e["resource"]["resourceType"]: e["search"]["mode"] for e in answer.json()["entry"]}
    assert modes == {"Encounter": "match", "Location": "include"}


async def test_everything_is_whole_and_every_reference_in_it_resolves():
    record = await everything(APP)

    keys = {f"{resource['resourceType']}/{resource['id']}" for resource in record}
    wanted = {r for r in references_in(record) if not r.startswith("#")}
    assert {"/".join(r.split("/_history/")[0].split("/")[-2:]) for r in wanted} <= keys
    assert record[0]["resourceType"] == "Patient"
    assert "Binary" not in {resource["resourceType"] for resource in record}


async def test_everything_can_be_paged():
    path = f"Patient/{await patient_id(APP)}/$everything"
    first = await get(APP, path, _count=4)
    async with client(APP) as asking:
        second = await asking.get(link(first, "next"))

    assert len(found(first)) == len(found(second)) == 4
    assert (await get(APP, path, _type="Encounter")).status_code == 400


async def test_everything_is_neither_declared_nor_served_by_the_other_variant():
    without = create_app(COHORT, Faults(), declares_everything=False)
    path = f"Patient/{await patient_id(without)}/$everything"

    statement = (await get(without, "metadata")).json()

    assert (await get(without, path)).status_code == 404
    assert not any("operation" in resource for resource in statement["rest"][0]["resource"])


async def test_a_wrong_patient_fault_serves_somebody_elses_whole_record():
    faults = Faults()
    app = create_app(COHORT, faults)
    own_id = await patient_id(app)
    faults.set(FaultKind.WRONG_PATIENT)

    [searched] = found(await get(app, "Patient", identifier=identified()))
    read = (await get(app, f"Patient/{own_id}")).json()
    visits = found(await get(app, "Encounter", patient__identifier=identified()))

    assert searched == read
    assert searched["identifier"][0]["value"] != PERSON.digits
    assert {visit["subject"]["reference"].split("/")[-1] for visit in visits} == {searched["id"]}


async def test_bad_paging_leads_away_or_round_in_a_circle():
    faults = Faults()
    app = create_app(COHORT, faults)
    faults.set(FaultKind.BAD_PAGING)
    away = await get(app, "Encounter", patient__identifier=identified())
    faults.clear()
    faults.set(FaultKind.BAD_PAGING_LOOP)
    circle = await get(app, "Encounter", patient__identifier=identified())
    async with client(app) as asking:
        again = await asking.get(link(circle, "next"))

    assert link(away, "next").startswith("https://elsewhere.example/")
    assert again.content == circle.content


async def test_the_same_question_has_the_same_bytes():
    path = f"Patient/{await patient_id(APP)}/$everything"

    assert (await get(APP, path)).content == (await get(APP, path)).content


async def test_many_answers_push_out_the_oldest_page():
    pages = Pages()
    first = Question("http://trust.test/fhir", "Encounter", "n=0", frozenset())
    for number in range(4097):
        asked = Question("http://trust.test/fhir", "Encounter", f"n={number}", frozenset())
        pages.keep(asked, [b"{}"])

    assert pages.first_of(first) is None
    assert pages.first_of(asked) == b"{}"
