"""Planners' pages: the catalogue, asking for a release, what becomes of it, and what reviewers do with it."""

import re
from datetime import timedelta

import pytest

from gateway.population.datasets import load_datasets
from tests.population.http.conftest import planning, without_planning
from tests.population.http.world import ANALYST, GUARDIAN, PLANNER
from tests.web.planning import HOME, TYPED, asked, come, published
from tests.web.visitor import Visitor

__all__ = ["planning", "without_planning"]

ASK = f"{HOME}/datasets/violence/request"


async def page(world, path):
    return await world.stack.client.get(path)


@pytest.mark.parametrize(("user", "leads_to"), [(ANALYST, HOME), (GUARDIAN, "/privacy-review")])
async def test_the_start_leads_everybody_to_what_is_theirs(planning, user, leads_to):
    await come(planning, user)

    assert (await page(planning, "/")).headers["location"] == leads_to


async def test_a_reviewer_finds_releases_from_the_privacy_review(planning):
    await come(planning, GUARDIAN)

    assert f'href="{HOME}"' in (await page(planning, "/privacy-review")).text


@pytest.mark.parametrize("name", sorted(load_datasets()))
async def test_the_dictionary_says_of_every_column_why_it_is_safe(planning, name):
    await come(planning)

    shown = (await page(planning, f"{HOME}/datasets/{name}")).text

    dataset = load_datasets()[name]
    assert f'href="/planning/datasets/{name}"' in (await page(planning, HOME)).text
    assert all(f'<h3 class="what">{each.name}</h3>' in shown for each in dataset.columns)
    assert shown.count("Why it is safe") == len(dataset.columns)


async def test_what_is_asked_for_on_the_page_waits_for_somebody_else(planning):
    path = await asked(planning)

    shown = (await page(planning, path)).text
    [release] = await planning.reception.desk.all_releases()
    assert release.request.purpose == TYPED["purpose"]
    assert release.request.recipient == "CSP1"
    assert "Waits for approval" in shown
    assert "Approve this release" not in shown
    assert [row["release"] for row in await planning.told("release-requested")]


async def test_every_field_that_is_not_said_is_named_and_nothing_is_asked_for(planning):
    visitor = await come(planning)

    answer = await visitor.post(ASK)

    named = set(re.findall(r'<a href="#(\w+)">', answer.text))
    assert answer.status_code == 400
    assert named == {*TYPED} - {"ends_month", "ends_year"}
    assert await planning.reception.desk.all_releases() == ()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("project", "Not A Name", "project"),
        ("purpose", "for 999 000 0018", "Purpose must hold no NHS number"),
        ("agreement", "a" * 65, "Agreement is longer than 64 characters"),
        ("setting", "two\nlines", "Setting must be said in a line of text"),
        ("ends_year", "2020", "The agreement has ended"),
        ("ends_year", "9999", "No agreement lasts so long"),
        ("ends_day", "32", "last day, such as 31 3 2027"),
        ("ends_year", "27", "last day, such as 31 3 2027"),
        ("purpose_of_use", "TREAT", "Choose what it is used for"),
    ],
)
async def test_what_cannot_be_asked_for_is_told_at_its_field(planning, field, typed, said):
    visitor = await come(planning)

    answer = await visitor.post(ASK, **{**TYPED, field: typed})

    at = "ends_day" if field.startswith("ends") else field
    assert answer.status_code == 400
    assert said in answer.text
    assert f'<a href="#{at}">' in answer.text


@pytest.mark.parametrize(
    ("user", "dataset", "told"),
    [
        (ANALYST, "linked-activity", "Your role has no right to this"),
        (PLANNER, "violence", "No agreement names this release"),
        ("ed-consultant", "violence", "Your role"),
    ],
)
async def test_decision_10_what_is_not_agreed_is_not_asked_for(planning, user, dataset, told):
    visitor = await come(planning, user)

    answer = await visitor.post(f"{HOME}/datasets/{dataset}/request", **TYPED)

    assert answer.status_code == 403
    assert told in answer.text
    assert await planning.reception.desk.all_releases() == ()


async def test_whoever_asked_cannot_approve_and_a_second_person_can(planning):
    path = await asked(planning)
    own = await (await come(planning)).post(f"{path}/approve")

    approver = await come(planning, GUARDIAN)
    assert "Approve this release" in (await page(planning, path)).text
    answer = await approver.post(f"{path}/approve")

    assert (own.status_code, answer.status_code) == (403, 303)
    assert "Approved, not made yet" in (await page(planning, path)).text


async def test_an_auditor_looks_and_has_no_buttons(planning):
    path = await asked(planning)
    await come(planning, "auditor")

    shown = await page(planning, path)

    assert shown.status_code == 200
    assert shown.text.count("<form") == 1
    assert "/sign-out" in shown.text


@pytest.mark.parametrize("user", [ANALYST, GUARDIAN])
async def test_a_release_is_given_up_for_a_reason_alone(planning, user):
    path = await asked(planning)
    visitor = await come(planning, user)

    without = await visitor.post(f"{path}/cancel", why=" ")
    cancelled = await visitor.post(f"{path}/cancel", why="asked twice")

    assert (without.status_code, cancelled.status_code) == (400, 303)
    assert "Why must be said in a line of text" in without.text
    shown = (await page(planning, path)).text
    assert "Cancelled" in shown
    assert "asked twice" in shown


async def test_what_was_published_is_told_with_its_manifest_and_report_each_on_record(planning):
    path = await published(planning)
    await come(planning)

    [release] = await planning.reception.desk.all_releases()
    last = release.expires_at - timedelta(hours=1)
    assert f"<dd>{last.day} {last:%B %Y}</dd>" in (await page(planning, path)).text
    manifest = (await page(planning, f"{path}/manifest")).text
    report = (await page(planning, f"{path}/report")).text

    assert "rows.csv" in manifest
    assert "where to send patrols" in report
    assert "T11 withstood: small cells that are told" in report
    fetched = [row["file"] for row in await planning.told("release-fetched")]
    assert fetched == ["manifest.json", "five-safes.json"]
    assert "<dt>five-safes.json</dt>" in (await page(planning, path)).text


async def test_what_was_published_is_taken_back_and_its_manifest_is_gone(planning):
    path = await published(planning)
    reviewer = await come(planning, GUARDIAN)

    assert (await reviewer.post(f"{path}/recall", why="wrong month")).status_code == 303
    await come(planning)

    assert "Recalled" in (await page(planning, path)).text
    gone = await page(planning, f"{path}/manifest")
    assert gone.status_code == 410
    assert "rows.csv" not in gone.text


@pytest.mark.parametrize("user", [PLANNER, "gp"])
async def test_anothers_release_is_nothing_to_whoever_has_no_part_in_it(planning, user):
    path = await asked(planning)
    await come(planning, user)

    shown = [await page(planning, each) for each in (path, f"{path}/manifest", f"{path}/report")]

    assert {each.status_code for each in shown} <= {403, 404}
    assert not any(TYPED["purpose"] in each.text for each in shown)


@pytest.mark.parametrize("path", ["/datasets/none", "/datasets/none/request", "/releases/no-id"])
async def test_what_is_not_there_is_a_page_that_says_so(planning, path):
    await come(planning)

    assert (await page(planning, HOME + path)).status_code == 404


async def test_a_form_of_another_session_asks_for_nothing(planning):
    await come(planning)

    answer = await planning.stack.client.post(ASK, data={**TYPED, "form_token": "guessed"})

    assert answer.status_code == 403
    assert await planning.reception.desk.all_releases() == ()


async def test_a_deployment_without_a_planning_side_has_no_such_pages(without_planning):
    visitor = Visitor(without_planning)
    await visitor.sign_in("planner")

    start = await without_planning.client.get("/")
    assert (start.status_code, "Find a person" in start.text) == (200, True)
    for path in (HOME, f"{HOME}/datasets/violence", ASK):
        assert (await without_planning.client.get(path)).status_code == 404
