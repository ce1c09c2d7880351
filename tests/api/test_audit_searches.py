"""Searching the audit: page by page, by date and by user; what is not supported is refused, and no cursor is another's."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from gateway.patient.ids import PatientIds
from tests.api.test_audit_events import (
    AUDIT,
    DOCTOR,
    OFFICER,
    PERSON,
    act_of,
    events,
    kind_of,
    path_about,
)
from tests.safety.emergencies import everything
from tests.safety.siege import person_of, rows
from tests.stack import Stack


def link(bundle: dict[str, Any], relation: str) -> str | None:
    return next((each["url"] for each in bundle["link"] if each["relation"] == relation), None)


def ids_in(bundle: dict[str, Any]) -> list[int]:
    return [int(each["resource"]["id"]) for each in bundle.get("entry", ())]


async def walked(stack: Stack, path: str) -> list[dict[str, Any]]:
    """Follow the links from a first page to the last."""
    pages = [(await stack.get(OFFICER, path)).json()]
    while further := link(pages[-1], "next"):
        pages.append((await stack.get(OFFICER, further)).json())
    return pages


async def test_pages_hold_each_entry_once_the_latest_first_and_nothing_that_came_meanwhile(
    stack: Stack,
):
    for _ in range(3):
        await everything(stack, DOCTOR, PERSON)
    before = len(await stack.audit())

    pages = await walked(stack, path_about(stack, _count="3"))

    ids = [each for page in pages for each in ids_in(page)]
    # Three views of two rows, and row A of the first page; the further pages' own rows are not among them.
    assert ids == [before + 1, *range(before, before - 6, -1)]
    assert [len(ids_in(page)) for page in pages] == [3, 3, 1]
    assert {page["total"] for page in pages} == {7}
    assert [page["entry"][0]["search"] for page in pages] == [{"mode": "match"}] * 3


async def test_ai_06_each_page_is_decided_and_recorded_anew(stack: Stack):
    await everything(stack, DOCTOR, PERSON)
    before = len(await stack.audit())

    pages = await walked(stack, path_about(stack, _count="2"))

    added = (await stack.audit())[before:]
    assert len(pages) == 2
    assert [each["action"] for each in added] == ["asked", "disclosed"] * 2
    assert [each["shown"] for each in added[1::2]] == [{"audit-entries": 2}, {"audit-entries": 1}]


async def test_a_page_names_itself_and_each_entry_has_its_address(stack: Stack):
    await everything(stack, DOCTOR, PERSON)

    first, second = await walked(stack, path_about(stack, _count="2"))

    assert link(first, "self") == f"http://gateway.test{path_about(stack, _count='2')}"
    assert link(second, "self") == link(first, "next")
    assert link(second, "next") is None
    [entry] = second["entry"]
    assert entry["fullUrl"] == f"http://gateway.test{AUDIT}/{entry['resource']['id']}"


async def test_a_posted_search_finds_the_same(stack: Stack):
    await everything(stack, DOCTOR, PERSON)

    answer = await stack.post(OFFICER, f"{AUDIT}/_search", {"patient": stack.patient(PERSON)})

    got = [each["resource"] for each in answer.json()["entry"]]
    assert [(kind_of(each), act_of(each)) for each in got] == [
        *(("asked", "read-audit"), ("disclosed", "view"), ("asked", "view")),
    ]


async def test_a_person_of_whom_nothing_was_done_has_this_reading_alone(stack: Stack):
    [alone] = await events(stack, "no-records")

    assert (kind_of(alone), act_of(alone)) == ("asked", "read-audit")
    assert (await rows(stack, "disclosed"))[-1]["outcome"] == "disclosed"


async def test_it_is_searched_by_who_did_it(stack: Stack):
    await everything(stack, DOCTOR, PERSON)
    await everything(stack, "gp", PERSON)
    [row] = [each for each in await rows(stack, "asked") if each["who"]["role"] == "gp"]

    found = await events(stack, agent=f"Practitioner/{row['who']['user_id']}")

    assert len(found) == 2
    assert {each["agent"][0]["role"][0]["coding"][0]["code"] for each in found} == {"gp"}
    assert {each["agent"][0]["who"]["identifier"]["value"] for each in found} == {
        row["who"]["user_id"]
    }


def on(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("prefix", "days", "is_met"),
    [
        *(("ge", 0, str.__ge__), ("ge", 1, str.__ge__), ("gt", -1, str.__gt__)),
        *(("gt", 0, str.__gt__), ("le", 0, str.__le__), ("le", -1, str.__le__)),
        *(("lt", 1, str.__lt__), ("lt", 0, str.__lt__), ("eq", 0, str.__eq__)),
        *(("", 0, str.__eq__), ("eq", 1, str.__eq__)),
    ],
)
async def test_it_is_searched_by_when_it_was_recorded(
    stack: Stack, prefix: str, days: int, is_met: Callable[[str, str], bool]
):
    await everything(stack, DOCTOR, PERSON)
    agent = f"Practitioner/{(await rows(stack, 'asked'))[0]['who']['user_id']}"
    every = [each["recorded"][:10] for each in await events(stack, agent=agent)]
    day = on(every[0], days)

    answer = await stack.get(OFFICER, path_about(stack, date=prefix + day, agent=agent))

    assert len(every) == 2
    assert answer.json()["total"] == len([each for each in every if is_met(each, day)])


async def test_two_dates_are_both_met(stack: Stack):
    await everything(stack, DOCTOR, PERSON)
    day = (await events(stack))[0]["recorded"][:10]
    around = f"&date=ge{on(day, -1)}&date=le{on(day, 1)}&date=ge2020-01-01"
    before = f"&date=ge{on(day, -3)}&date=lt{on(day, -1)}"

    totals = [
        (await stack.get(OFFICER, path_about(stack) + limits)).json()["total"]
        for limits in (around, before)
    ]

    # The view, the reading of the audit before, and row A of this one.
    assert totals == [5, 0]


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ("", 400),
        ("patient={patient}&patient={patient}", 400),
        ("patient={number}", 404),
        ("patient=Patient/{number}", 404),
        ("patient=nobody", 404),
        ("patient={patient}&identifier={number}", 400),
        ("patient.identifier={number}", 400),
        ("patient={patient}&_count=0", 400),
        ("patient={patient}&_count=x", 400),
        ("patient={patient}&date=yesterday", 400),
        ("patient={patient}&agent=555", 400),
        ("patient={patient}&agent=Practitioner/1&agent=Practitioner/2", 400),
        ("patient={patient}&_sort=date", 400),
        ("patient={patient}&_cursor=a&_cursor=b", 400),
        ("patient={patient}&_cursor=a", 410),
        ("patient={patient}&_cursor=", 410),
        ("patient={patient}&_cursor=%C3%A9", 410),
    ],
)
async def test_what_is_not_supported_is_refused_before_anything_is_asked(
    stack: Stack, parameters: str, status: int
):
    number = person_of(stack, PERSON).nhs_number.digits
    filled = parameters.format(patient=stack.patient(PERSON), number=number)
    before = len(await stack.audit())

    answer = await stack.get(OFFICER, f"{AUDIT}?{filled}")

    assert answer.status_code == status
    assert number not in answer.text
    assert len(await stack.audit()) == before


@pytest.mark.parametrize("entry", ["999999999999", "0", "01", "-1", "x", "9" * 19, "1.0"])
async def test_an_entry_that_is_not_there_is_not_found(stack: Stack, entry: str):
    answer = await stack.get(OFFICER, f"{AUDIT}/{entry}")

    assert answer.status_code == 404
    assert (await stack.audit())[-1]["outcome"] == "nothing"
    assert (await stack.get(DOCTOR, f"{AUDIT}/{entry}")).status_code == 403


async def test_one_entry_takes_no_parameters(stack: Stack):
    assert (await stack.get(OFFICER, f"{AUDIT}/1?patient=x")).status_code == 400


async def cursor_of(stack: Stack) -> tuple[str, str]:
    await everything(stack, DOCTOR, PERSON)
    first = (await stack.get(OFFICER, path_about(stack, _count="1"))).json()
    further = link(first, "next")
    assert further is not None
    [cursor] = parse_qs(urlsplit(further).query)["_cursor"]
    return further, cursor


async def test_az_07_a_cursor_is_good_for_its_search_and_its_user_alone(stack: Stack):
    further, cursor = await cursor_of(stack)
    others = [
        path_about(stack, _count="2", _cursor=cursor),
        path_about(stack, "no-records", _count="1", _cursor=cursor),
    ]

    assert (await stack.get(OFFICER, further)).status_code == 200
    assert (await stack.get("auditor", further)).status_code == 410
    assert {(await stack.get(OFFICER, each)).status_code for each in others} == {410}


async def test_az_07_a_changed_cursor_is_gone(stack: Stack):
    further, cursor = await cursor_of(stack)
    address = further.split("&_cursor=")[0]
    places = range(0, len(cursor), 3)
    changed = [
        *(cursor[:at] + ("B" if cursor[at] != "B" else "C") + cursor[at + 1 :] for at in places),
        *(cursor[:-1], cursor + "A", cursor + "=", "A" * len(cursor), cursor + "!"),
    ]

    answers = {
        (await stack.get(OFFICER, f"{address}&{httpx2.QueryParams(_cursor=each)}")).status_code
        for each in changed
    }

    assert answers == {410}


async def test_what_was_written_under_an_older_key_is_found_by_the_new_id(stack: Stack):
    await everything(stack, DOCTOR, PERSON)
    old, number = stack.patient(PERSON), person_of(stack, PERSON).nhs_number
    newer = PatientIds([b"n" * 64])._ciphers
    stack.services.ids._ciphers = (*newer, *stack.services.ids._ciphers)

    found = await events(stack)

    assert stack.services.ids.seal(number) != old
    assert {each["entity"][0]["what"]["identifier"]["value"] for each in found} == {
        *(old, stack.services.ids.seal(number)),
    }
