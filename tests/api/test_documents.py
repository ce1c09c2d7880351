"""What opening a document gives, to whom, and what is recorded of it."""

import base64

import pytest

from adapters.simulators.faults import FaultKind
from adapters.simulators.truth import FactKind, SourceKind, document_content
from tests.stack import Bundle, Stack


async def references(stack: Stack, user="ed-consultant", name="everything", source=None):
    bundle = await stack.everything(user, name)
    return bundle.of("DocumentReference", source)


def address(reference):
    return reference["content"][0]["attachment"].get("url")


async def one_address(stack: Stack, source: str):
    found = filter(None, map(address, await references(stack, source=source)))
    return "/fhir/" + next(found)


def letters(stack: Stack, kind: SourceKind, name="everything"):
    said = stack.london.cohort.statements[stack.london.people[name]]
    return {
        document_content(one)
        for one in said
        if one.source is kind and one.fact.kind is FactKind.DOCUMENT
    }


@pytest.mark.parametrize(
    ("source", "kind"), [("gp", SourceKind.GP), ("hospital", SourceKind.HOSPITAL)]
)
async def test_every_document_of_a_record_is_opened_at_our_own_address(stack: Stack, source, kind):
    found = await references(stack, source=source)

    opened = set()
    for each in found:
        answer = await stack.get("ed-consultant", f"/fhir/{address(each)}", Accept="*/*")
        assert answer.status_code == 200
        opened.add(answer.content)
    assert found
    assert opened <= letters(stack, kind)


async def test_documents_that_no_consultation_holds_are_listed_too(stack: Stack):
    from_gp = await references(stack, source="gp")

    assert len(from_gp) == len(letters(stack, SourceKind.GP))


async def test_a_document_is_a_file_that_no_browser_runs(stack: Stack):
    answer = await stack.get("ed-consultant", await one_address(stack, "gp"), Accept="*/*")

    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["content-disposition"] == "attachment; filename=document"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_a_fhir_client_gets_the_document_as_a_resource(stack: Stack):
    path = await one_address(stack, "hospital")

    answer = await stack.get("ed-consultant", path, Accept="application/fhir+json")

    body = answer.json()
    assert (body["resourceType"], body["id"]) == ("Binary", path.rpartition("/")[2])
    assert base64.b64decode(body["data"]) in letters(stack, SourceKind.HOSPITAL)
    assert body["securityContext"]["reference"].startswith("DocumentReference/")


async def test_opening_is_recorded_before_it_is_told(stack: Stack):
    path = await one_address(stack, "gp")

    await stack.get("ed-consultant", path, Accept="*/*")

    asked, disclosed = (await stack.audit())[-2:]
    assert (asked["action"], asked["act"]) == ("asked", "open-document")
    assert (disclosed["outcome"], disclosed["shown"]) == ("disclosed", {"documents": 1})


async def test_two_documents_of_one_record_are_recorded_apart(stack: Stack):
    found = [address(each) for each in await references(stack, source="gp")]

    for each in found[:2]:
        await stack.get("ed-consultant", f"/fhir/{each}", Accept="*/*")

    hashes = [row["view_hash"] for row in await stack.audit() if row["action"] == "disclosed"]
    assert len(set(hashes)) == len(hashes) == 3


async def test_no_answer_tells_where_a_source_keeps_its_documents(stack: Stack):
    bundle = await stack.everything("ed-consultant", "everything")
    references = bundle.of("DocumentReference")

    told = [bundle.response.text]
    for each in references:
        path = f"/fhir/DocumentReference/{each['id']}/$original"
        told.append((await stack.get("ed-consultant", path)).text)

    for base in stack.london.addresses.values():
        assert base not in "".join(told)


async def test_an_original_keeps_our_address_of_its_document(stack: Stack):
    for each in await references(stack, source="hospital"):
        path = f"/fhir/DocumentReference/{each['id']}/$original"

        answer = await stack.get("ed-consultant", path)

        if answer.status_code == 200:
            assert address(answer.json()) == address(each)
            return
    pytest.fail("No original of a document could be shown.")


async def test_a_role_that_may_not_open_documents_gets_no_address_and_no_document(stack: Stack):
    path = await one_address(stack, "gp")

    for user in ("paramedic", "receptionist"):
        found = await references(stack, user)
        assert [one for one in map(address, found) if one] == []
        answer = await stack.get(user, path, Accept="*/*")
        assert answer.status_code in {403, 404}
        assert b"letter is invented" not in answer.content


async def not_found(stack: Stack, path: str, user="ed-consultant"):
    answer = await stack.get(user, path, Accept="*/*")
    assert answer.status_code == 404
    headers = dict(answer.headers)
    headers.pop("x-request-id", None)
    return answer.content, headers


async def test_every_document_that_is_not_to_be_had_looks_the_same(stack: Stack):
    mine = await one_address(stack, "gp")
    theirs = "/fhir/Binary/" + stack.patient("no-records") + mine[-26:]
    unknown = mine[:-26] + "0" * 26
    foreign = "/fhir/Binary/" + "a" * 62
    item = (await references(stack))[0]["id"]

    answers = [
        await not_found(stack, path)
        for path in (theirs, unknown, foreign, "/fhir/Binary/x", f"/fhir/Binary/{item}")
    ]

    assert all(each == answers[0] for each in answers)


async def test_parameters_are_refused(stack: Stack):
    answer = await stack.get("ed-consultant", f"{await one_address(stack, 'gp')}?x=1")

    assert answer.status_code == 400


async def test_nobody_opens_a_document_without_a_token(stack: Stack):
    answer = await stack.client.get(await one_address(stack, "gp"))

    assert answer.status_code == 401


async def test_of_a_source_that_fails_no_document_is_opened(stack: Stack):
    path = await one_address(stack, "hospital")
    stack.london.faults["hospital"].set(FaultKind.ERROR_500)

    answer = await stack.get("ed-consultant", path, Accept="*/*")

    # The list did not come either, so the view no longer holds the document.
    assert answer.status_code == 404
    assert b"letter is invented" not in answer.content


async def test_documents_may_be_searched_for_and_lead_to_their_content(stack: Stack):
    path = f"/fhir/DocumentReference?patient={stack.patient('everything')}"

    found = Bundle(await stack.get("ed-consultant", path)).of("DocumentReference")

    answer = await stack.get("ed-consultant", f"/fhir/{address(found[0])}", Accept="*/*")
    assert answer.status_code == 200
