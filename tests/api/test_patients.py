"""What a FHIR client gets of one person's record, and what it does not."""

import orjson

from gateway.audit.acts import AskedAct
from tests.stack import Bundle, Stack


async def test_everything_joins_three_sources_with_their_receipt(stack: Stack):
    bundle = await stack.everything("ed-consultant", "everything")

    assert bundle.status == 200
    assert bundle.outcomes == {"gp": "data", "hospital": "data", "ambulance": "data"}
    assert bundle.is_complete == "true"
    assert all(bundle.from_source(each) for each in ("gp", "hospital", "ambulance"))


async def test_everything_can_be_read_in_pages_that_add_up(stack: Stack):
    path = f"/fhir/Patient/{stack.patient('everything')}/$everything"
    whole = await stack.everything("ed-consultant", "everything")

    page = Bundle(await stack.get("ed-consultant", f"{path}?_count=100"))
    paged = list(page.resources)
    while following := next_link(page):
        page = Bundle(await stack.get("ed-consultant", following))
        paged += page.resources

    assert [each["id"] for each in paged] == [each["id"] for each in whole.resources]
    assert page.body["total"] == len(whole.resources)


def next_link(bundle: Bundle) -> str | None:
    links = {each["relation"]: each["url"] for each in bundle.body["link"]}
    return links.get("next", "").removeprefix("http://gateway.test") or None


async def test_each_page_has_its_own_two_audit_rows(stack: Stack):
    path = f"/fhir/Encounter?patient={stack.patient('everything')}&_count=5"

    first = Bundle(await stack.get("ed-consultant", path))
    await stack.get("ed-consultant", next_link(first))

    acts = [(row["action"], row.get("act")) for row in await stack.audit()]
    wanted = [
        ("asked", "search"),
        ("disclosed", None),
        ("asked", AskedAct.PAGE),
        ("disclosed", None),
    ]
    assert acts[-4:] == wanted


async def test_a_page_is_gone_for_another_user(stack: Stack):
    path = f"/fhir/Encounter?patient={stack.patient('everything')}&_count=5"
    first = Bundle(await stack.get("ed-consultant", path))

    answer = await stack.get("nurse", next_link(first))

    assert answer.status_code == 410


async def test_a_page_is_gone_when_its_search_was_changed(stack: Stack):
    path = f"/fhir/Encounter?patient={stack.patient('everything')}&_count=5"
    first = Bundle(await stack.get("ed-consultant", path))

    answer = await stack.get("ed-consultant", next_link(first).replace("_count=5", "_count=9"))

    assert answer.status_code == 410


async def test_a_search_by_date_gives_the_subset_of_those_dates(stack: Stack):
    patient = stack.patient("everything")
    path = f"/fhir/Encounter?patient={patient}"
    every = Bundle(await stack.get("ed-consultant", path)).resources
    day = sorted(each["period"]["start"][:10] for each in every)[len(every) // 2]

    late = Bundle(await stack.get("ed-consultant", f"{path}&date=ge{day}&_sort=date")).resources

    starts = [each["period"]["start"] for each in late]
    assert 0 < len(late) < len(every)
    assert {each["id"] for each in late} < {each["id"] for each in every}
    assert starts == sorted(starts, key=as_instant)


def as_instant(text: str):
    from gateway.patient.dates import span_of

    return span_of(text).low


async def test_a_search_by_status_and_code_gives_only_those(stack: Stack):
    patient = stack.patient("everything")
    every = Bundle(await stack.get("ed-consultant", f"/fhir/Observation?patient={patient}"))
    coding = every.resources[0]["code"]["coding"][0]

    token = f"{coding['system']}|{coding['code']}"
    answer = await stack.get(
        "ed-consultant", f"/fhir/Observation?patient={patient}&code={token}&status=final"
    )

    found = Bundle(answer).resources
    assert found
    assert all(coding["code"] in {one["code"] for one in each["code"]["coding"]} for each in found)
    assert {each["status"] for each in found} == {"final"}


async def test_an_impossible_search_gives_none_and_its_receipt(stack: Stack):
    patient = stack.patient("everything")

    answer = await stack.get("ed-consultant", f"/fhir/Encounter?patient={patient}&status=unknown")

    bundle = Bundle(answer)
    assert (bundle.status, bundle.body["total"], bundle.resources) == (200, 0, [])
    assert len(bundle.outcomes) == 3


async def test_a_posted_search_gives_what_the_other_gives(stack: Stack):
    patient = stack.patient("everything")

    got = await stack.get("ed-consultant", f"/fhir/Condition?patient={patient}")
    posted = await stack.post("ed-consultant", "/fhir/Condition/_search", {"patient": patient})

    assert posted.content == got.content


async def test_an_item_is_read_by_its_id(stack: Stack):
    bundle = await stack.everything("ed-consultant", "everything")
    item = bundle.of("Encounter", "hospital")[0]

    answer = await stack.get("ed-consultant", f"/fhir/Encounter/{item['id']}")

    assert orjson.loads(answer.content) == item


async def test_the_original_is_the_sources_own(stack: Stack):
    bundle = await stack.everything("ed-consultant", "everything")
    allergy = bundle.of("AllergyIntolerance", "hospital")[0]

    answer = await stack.get("ed-consultant", f"/fhir/AllergyIntolerance/{allergy['id']}/$original")

    original = orjson.loads(answer.content)
    assert original["id"] != allergy["id"]
    assert original["code"] == allergy["code"]
    assert "text" not in original


async def test_the_original_of_a_gp_item_is_stu3(stack: Stack):
    bundle = await stack.everything("ed-consultant", "everything")
    allergy = bundle.of("AllergyIntolerance", "gp")[0]

    answer = await stack.get("ed-consultant", f"/fhir/AllergyIntolerance/{allergy['id']}/$original")

    assert isinstance(orjson.loads(answer.content)["clinicalStatus"], str)


async def test_every_reference_leads_to_an_item_of_the_view(stack: Stack):
    bundle = await stack.everything("ed-consultant", "everything")
    shown = {f"{each['resourceType']}/{each['id']}" for each in bundle.resources}

    named = set(references_in(bundle.resources))

    assert named
    assert named <= shown


def references_in(value):
    if isinstance(value, list):
        for each in value:
            yield from references_in(each)
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str) and not value["reference"].startswith("#"):
            yield value["reference"]
        for each in value.values():
            yield from references_in(each)


async def test_no_narrative_and_no_address_of_a_source_is_told(stack: Stack):
    bundle = await stack.everything("ed-consultant", "everything")

    assert b"<div" not in bundle.response.content
    assert not [
        address
        for address in stack.london.addresses.values()
        if address.encode() in bundle.response.content
    ]
