"""What cannot be understood is refused with a reason, never with a failure, and changes nothing."""

import orjson
import pytest

from tests.population.http.world import ANALYST, GUARDIAN, RELEASES
from tests.population.releases.small_making import FILES

BAD = {
    "ends_on": ["2026-13-01", "20261231", "9999-12-31", "0001-01-01", "2020-01-01", "", 5, None],
    "purpose_of_use": ["TREAT", "HSYSADMIN", "pubhlth", "", ["PUBHLTH"], None],
    "purpose": ["", " ", "two\nlines", "x" * 501, "for 943 476 5919", "\u202e", {}, None],
    "project": ["", "../up", "a b", "x" * 65, "\u0000", 7, None],
    "recipient": ["", "CSP 1", [], None],
    "dataset": ["", "no-such", "violence\u0000", 1, None],
    "agreement": ["", "x" * 65, None],
    "legal_basis": ["", "x" * 501, True],
    "setting": ["", "\t", 0],
}


@pytest.mark.parametrize("field", sorted(BAD))
async def test_a_request_with_a_fault_in_it_is_told_which_and_not_kept(planning, field):
    for given in BAD[field]:
        answer = await planning.asks(ANALYST, **{field: given})

        assert (answer.status_code, answer.json()["resourceType"]) == (400, "OperationOutcome")
        assert not isinstance(given, str) or len(given) < 3 or given not in answer.text, given
    assert await planning.reception.desk.all_releases() == ()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'{"why":1,"why":2}', b"\xff", b'"x"', b"[" * 5000]
)
async def test_a_body_that_is_no_object_of_known_fields_is_refused(planning, body):
    release = await planning.asked()

    for address in ("", f"/{release}/cancel", f"/{release}/recall"):
        answer = await planning.stack.send(GUARDIAN, RELEASES + address, body)
        assert answer.status_code == 400
    assert (await planning.sees(ANALYST, release)).json()["state"] == "requested"


@pytest.mark.parametrize("why", [None, "", " ", "a\nb", "x" * 501, "943 476 5919", 1, ["a"]])
async def test_who_ends_a_release_says_why_in_a_line_without_numbers_of_people(planning, why):
    release = await planning.asked()

    answer = await planning.stack.send(GUARDIAN, f"{RELEASES}/{release}/cancel", {"why": why})

    assert answer.status_code == 400
    assert (await planning.sees(ANALYST, release)).json()["state"] == "requested"


async def test_az_22_one_field_more_refuses_an_otherwise_whole_request(planning):
    for more in ({"approved_by": "x"}, {"state": "approved"}, {"requested_by": "x"}, {"id": "1"}):
        assert (await planning.asks(ANALYST, **more)).status_code == 400
    release = await planning.asked()
    answer = await planning.stack.send(GUARDIAN, f"{RELEASES}/{release}/approve", {"by": "x"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "name", ["%2e%2e", "nothing.csv", "rows.csv.", "ROWS.CSV", ".making", "x" * 300]
)
async def test_de_06_no_file_but_a_listed_one_is_given(planning, name):
    release = await planning.published()

    answer = await planning.sees(ANALYST, release.id, f"files/{name}")

    assert answer.status_code in {400, 404}
    assert await planning.told("release-fetched") == []


@pytest.mark.parametrize(
    "spelt", ["1", "x", "{}", "6F1C9F0E-6A4B-4C58-9D0E-0C5B4B0E8F11", "6f1c9f0e6a4b4c589d0e0c5b"]
)
async def test_an_id_in_another_spelling_is_none(planning, spelt):
    for part in ("", "uses", "certificate", "manifest", f"files/{FILES[0]}"):
        assert (await planning.sees(ANALYST, spelt, part)).status_code in {400, 404}


async def test_de_06_the_whole_file_is_sent_whatever_part_is_asked_for(planning):
    release = await planning.published()
    path = f"{RELEASES}/{release.id}/files/{FILES[0]}"

    answer = await planning.stack.get(ANALYST, path, Range="bytes=0-3")

    whole = planning.reception.desk.folder_of(release) / FILES[0]
    assert (answer.status_code, answer.content) == (200, whole.read_bytes())


async def test_t24_a_file_that_was_changed_here_is_given_to_nobody(planning):
    release = await planning.published()
    (planning.reception.desk.folder_of(release) / FILES[0]).write_bytes(b"changed")

    answer = await planning.sees(ANALYST, release.id, f"files/{FILES[0]}")

    assert (answer.status_code, b"changed" in answer.content) == (503, False)


@pytest.mark.parametrize("query", ["state=open", "state=requested&state=expired", "patient=1"])
async def test_a_list_by_what_is_no_state_is_refused(planning, query):
    answer = await planning.stack.get(ANALYST, f"{RELEASES}?{query}")

    assert answer.status_code == 400
    assert orjson.loads(answer.content)["resourceType"] == "OperationOutcome"
