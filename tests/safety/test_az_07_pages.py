"""A further page is for who began the search, under the policy of now, unchanged and within ten minutes (AZ-07)."""

import base64
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from gateway.patient.paging import Pages
from gateway.wiring import now
from tests.safety.administrators import activated, active_rules, without
from tests.safety.emergencies import another_session, as_served
from tests.safety.siege import ASKED_ABOUT, DOCTOR, rows
from tests.stack import Bundle, Stack


async def next_page(stack: Stack, kind: str = "Condition") -> str:
    """Begin a search as the doctor, and give the address of its second page."""
    path = f"/fhir/{kind}?patient={stack.patient(ASKED_ABOUT)}&_count=1"
    first = Bundle(await stack.get(DOCTOR, path))
    links = {each["relation"]: each["url"] for each in first.body["link"]}
    return links["next"].removeprefix("http://gateway.test")


def is_gone(answer: httpx2.Response) -> bool:
    issue = answer.json()["issue"][0]
    return (answer.status_code, issue["code"]) == (410, "expired")


async def test_az_07_who_began_the_search_reads_on_under_a_decision_of_its_own(stack: Stack):
    page = await next_page(stack)

    answer = Bundle(await stack.get(DOCTOR, page))

    assert (answer.status, len(answer.of("Condition"))) == (200, 1)
    asked, disclosed = await rows(stack, "asked"), await rows(stack, "disclosed")
    assert [each["act"] for each in asked] == ["search", "page"]
    assert len({each["decision_id"] for each in disclosed}) == 2


@pytest.mark.parametrize("user", ["nurse", "gp", "paramedic"])
async def test_az_07_anothers_page_is_gone_though_they_may_see_the_person(stack: Stack, user: str):
    page = await next_page(stack)

    assert (await stack.everything(user, ASKED_ABOUT)).status == 200
    assert is_gone(await stack.get(user, page))


async def test_az_07_a_page_is_gone_in_another_session_of_the_same_user(stack: Stack):
    page = await next_page(stack)

    assert is_gone(await stack.get(await another_session(stack, DOCTOR), page))


async def test_az_07_a_page_of_one_person_is_gone_for_another(stack: Stack):
    page = await next_page(stack)

    other = page.replace(stack.patient(ASKED_ABOUT), stack.patient("sexual-health"))

    assert is_gone(await stack.get(DOCTOR, other))


async def test_az_07_an_edited_page_is_gone_whatever_was_edited(stack: Stack):
    page = await next_page(stack)
    [cursor] = parse_qs(urlsplit(page).query)["_cursor"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

    # Snapshot, key, offset and proof: a bit of every byte of them.
    for at in range(len(raw)):
        edited = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        text = base64.urlsafe_b64encode(edited).decode().rstrip("=")
        assert is_gone(await stack.get(DOCTOR, page.replace(cursor, text))), at
    for text in (cursor[:-1], cursor + "A", cursor.swapcase(), "", "A" * 92):
        assert is_gone(await stack.get(DOCTOR, page.replace(cursor, text)))
    assert (await stack.get(DOCTOR, page)).status_code == 200


async def test_az_07_a_page_of_another_search_is_gone(stack: Stack):
    page = await next_page(stack)

    assert is_gone(await stack.get(DOCTOR, page.replace("_count=1", "_count=50")))
    assert is_gone(await stack.get(DOCTOR, page.replace("/Condition?", "/Encounter?")))


@pytest.mark.parametrize(("seconds", "is_there"), [(599, True), (600, False), (6000, False)])
async def test_az_07_a_page_lasts_ten_minutes(stack: Stack, seconds: int, is_there: bool):
    page = await next_page(stack)
    pages = Pages(stack.services.store, lambda: now() + timedelta(seconds=seconds))

    async with as_served(stack, replace(stack.services, pages=pages)) as later:
        answer = await later.get(DOCTOR, page)

    assert answer.status_code == 200 if is_there else is_gone(answer)


async def test_az_07_after_a_change_of_policy_the_page_shows_what_is_allowed_now(stack: Stack):
    page = await next_page(stack)
    _version, rules = await active_rules(stack)

    await activated(stack, without(rules, role="ed_consultant", category="problems"))
    answer = Bundle(await stack.get(DOCTOR, page))

    assert (answer.status, answer.body["total"]) == (200, 0)
    assert answer.of("Condition") == []
    assert (await rows(stack, "disclosed"))[-1]["outcome"] == "nothing"
