"""A hospital that gives the wrong document, or a document by a way round what is hidden: nothing is handed over."""

import base64
import hashlib
import json

import pytest

from tests.safety.hostile_source import FOREIGN_NUMBER, KINDS, NHS_NUMBER, observation, patient_like
from tests.safety.siege import failures_counted, last_row_b, safety_events

OWN = {"reference": "Patient/p1"}
SECRET = b"zq-secret-letter"
FOREIGN = {"system": NHS_NUMBER, "value": FOREIGN_NUMBER}


@pytest.fixture(autouse=True)
def hospital_with_documents(siege):
    siege.hostile.kinds = (*KINDS, "DocumentReference", "Flag")


def encoded(content):
    return base64.b64encode(content).decode()


def letter(local_id="d1", url="Binary/b1", attachment=None, **changes):
    held = {"contentType": "text/plain", "url": url, **(attachment or {})}
    return {
        "resourceType": "DocumentReference",
        "id": local_id,
        "status": "current",
        "subject": OWN,
        "type": {"text": "Letter"},
        "date": "2024-03-04T10:00:00Z",
        "content": [{"attachment": held}],
        **changes,
    }


def report(form, **changes):
    return {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "subject": OWN,
        "code": {"text": "Blood tests"},
        "presentedForm": [{"contentType": "text/plain", **form}],
        **changes,
    }


def gives(siege, context=None, content=SECRET, **changes):
    binary = {"resourceType": "Binary", "id": "b1", "contentType": "text/plain", **changes}
    if context is not None:
        binary["securityContext"] = context
    siege.hostile.pages["Binary/b1"] = json.dumps({**binary, "data": encoded(content)}).encode()


async def addresses(siege, *resources, user="ed-consultant"):
    siege.hostile.holds(patient_like(siege.person), *resources)
    bundle = await siege.stack.everything(user, "everything")
    assert bundle.status == 200
    forms = [
        form
        for each in bundle.from_source("hospital")
        for form in (
            *each.get("presentedForm", ()),
            *(held["attachment"] for held in each.get("content", ())),
        )
    ]
    return [form["url"] for form in forms if "url" in form]


async def opened(siege, *resources):
    [url] = await addresses(siege, *(resources or (letter(),)))
    return await siege.stack.get("ed-consultant", f"/fhir/{url}", Accept="*/*")


@pytest.mark.parametrize(
    "context",
    [
        {"identifier": FOREIGN},
        {"reference": "Patient/p1", "identifier": FOREIGN},
        {"reference": f"Patient?identifier={NHS_NUMBER}|{FOREIGN_NUMBER}"},
        {"reference": "Patient/p2"},
    ],
)
async def test_a_document_of_another_patient_is_not_there_and_somebody_hears_of_it(siege, context):
    gives(siege, context)

    answer = await opened(siege)

    assert (answer.status_code, SECRET in answer.content) == (404, False)
    row = await last_row_b(siege.stack)
    assert (row["outcome"], row["sources"]["hospital"]) == (
        "nothing",
        ["wrong-patient", "foreign-subject"],
    )
    [event] = await safety_events(siege.stack)
    assert (event.kind, event.source, event.reason) == ("H-01", "hospital", "foreign-subject")
    assert failures_counted(siege.stack, "hospital") == 1


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"display": "Somebody else"},
        {"identifier": {"system": "urn:x", "value": "1"}},
        {"identifier": {"system": NHS_NUMBER, "value": "123"}},
        {"reference": "Organization/zz"},
        {"reference": "https://elsewhere.example/fhir/Patient/p1"},
    ],
)
async def test_a_document_that_cannot_be_told_whose_it_is_is_not_there(siege, context):
    gives(siege, context)

    answer = await opened(siege)

    assert (answer.status_code, SECRET in answer.content) == (404, False)
    row = await last_row_b(siege.stack)
    assert row["sources"]["hospital"] == ["malformed", "unproven"]
    assert await safety_events(siege.stack) == ()
    assert failures_counted(siege.stack, "hospital") == 0


async def test_a_document_of_this_patient_is_opened_however_the_source_names_the_patient(siege):
    number = siege.person.nhs_number.digits
    base = siege.hostile.stub.url
    for context in (
        OWN,
        {"reference": f"{base}/Patient/p1"},
        {"reference": f"{base}/Patient/p1/_history/2"},
        {"identifier": {"system": NHS_NUMBER, "value": number}},
        {"reference": f"{base}/DocumentReference/d1"},
    ):
        gives(siege, context)
        assert (await opened(siege)).content == SECRET
    assert failures_counted(siege.stack, "hospital") == 0


async def test_every_document_that_is_not_handed_over_looks_the_same(siege):
    answers = []
    for context in ({"identifier": FOREIGN}, {"display": "?"}):
        gives(siege, context)
        answers.append((await opened(siege)).content)
    siege.hostile.pages["Binary/b1"] = b""
    [url] = await addresses(siege, letter())
    unknown = f"/fhir/{url[:-26]}{'0' * 26}"
    answers.append((await siege.stack.get("ed-consultant", unknown, Accept="*/*")).content)

    assert len(set(answers)) == 1


async def test_another_document_than_the_one_asked_for_is_not_handed_over(siege):
    gives(siege, id="b2")

    answer = await opened(siege)

    assert (answer.status_code, SECRET in answer.content) == (503, False)


@pytest.mark.parametrize(
    ("content", "stated"),
    [
        (b"", {}),
        (SECRET, {"size": len(SECRET) + 1}),
        (SECRET, {"hash": encoded(hashlib.sha1(b"other").digest())}),
        (SECRET, {"hash": "?"}),
    ],
)
async def test_half_a_document_is_not_handed_over(siege, content, stated):
    gives(siege, content=content)

    answer = await opened(siege, letter(attachment=stated))

    assert (answer.status_code, SECRET in answer.content) == (503, False)


async def test_a_whole_document_is(siege):
    gives(siege)
    stated = {"size": len(SECRET), "hash": encoded(hashlib.sha1(SECRET).digest())}

    assert (await opened(siege, letter(attachment=stated))).content == SECRET


HIDDEN = observation("ob1", OWN, "HIV 1 antibody test")
NAMES_HIDDEN = [{"reference": "Observation/ob1"}]


@pytest.mark.parametrize(
    "resources",
    [
        (HIDDEN, report({"url": "Binary/b1"}, result=NAMES_HIDDEN)),
        (HIDDEN, letter(context={"related": NAMES_HIDDEN})),
        (
            letter("d1", type={"text": "Sexual health clinic letter"}),
            letter("d2", date="2024-05-05T10:00:00Z"),
        ),
    ],
)
async def test_what_is_hidden_is_not_opened_by_a_way_round(siege, resources):
    gives(siege)

    assert await addresses(siege, *resources, user="gp") == []


@pytest.mark.parametrize("changes", [{"docStatus": "entered-in-error"}])
async def test_a_withdrawn_letter_is_not_opened(siege, changes):
    gives(siege)

    assert await addresses(siege, letter(**changes)) == []


async def test_a_document_inside_its_item_reaches_only_who_may_open_documents(siege):
    siege.hostile.holds(patient_like(siege.person), report({"data": encoded(SECRET)}))

    seen = {
        user: encoded(SECRET) in (await siege.stack.everything(user, "everything")).response.text
        for user in ("ed-consultant", "pharmacist", "nurse")
    }

    assert seen == {"ed-consultant": True, "pharmacist": False, "nurse": True}
