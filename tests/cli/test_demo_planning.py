"""What the demo plans with leaves the gate, and is the same wherever it is made up."""

import json
import socket
from dataclasses import replace
from datetime import UTC, datetime
from subprocess import CompletedProcess
from uuid import uuid4

import pyarrow as pa
import pytest
from pyarrow import parquet

from adapters.simulators.planning.population import Population
from adapters.simulators.truth import SourceKind
from gateway.demo.agreement import invented_agreement
from gateway.demo.check_planning import _content_of, _names_of
from gateway.demo.deployment import Folder, deployment
from gateway.demo.invention import Invention
from gateway.demo.job_steps import UnexpectedError, must_be_refused
from gateway.demo.planning import FEEDS, make_planning, planning_settings
from gateway.demo.planning_sources import (
    beginning_of_month,
    check_settings,
    planning_app,
    planning_population,
)
from gateway.demo.simulators import Simulated
from gateway.opting_out import national_check, open_mailbox
from gateway.planning import Process, keyring_of, places_of, practices_of, venues_of
from gateway.planning_keys import open_custody
from gateway.population.keys.marks import current_mark
from gateway.population.objections import objected_in
from gateway.population.opt_out_list import kept_list
from gateway.settings import OptOutCheckSettings, Settings
from gateway.wiring import now
from tests.population.pull.served import _serving

NOWHERE = "http://127.0.0.1:9"
AT = datetime(2026, 11, 29, 17, 30, tzinfo=UTC)
INVENTION = Invention(1, 12, AT)


@pytest.fixture
def settings(tmp_path):
    folder = Folder(tmp_path)
    document = deployment(folder, NOWHERE, dict.fromkeys(Simulated, NOWHERE))
    return Settings.model_validate({**document, **planning_settings(folder, NOWHERE)})


@pytest.fixture
async def made(settings, tmp_path):
    await make_planning(Folder(tmp_path), settings, INVENTION)
    return settings


def test_no_month_of_the_planning_population_is_told_in_part():
    assert planning_population(INVENTION).reference_time == beginning_of_month(AT)
    assert beginning_of_month(AT) == datetime(2026, 11, 1, tzinfo=UTC)


def test_the_demos_agreement_names_what_its_planners_may_ask_for(settings):
    agreement = invented_agreement(settings, AT)

    assert agreement.feeds == FEEDS == tuple(sorted(FEEDS))
    assert {each.recipient for each in FEEDS} <= set(agreement.parties)
    run_by = {each.organisation for each in settings.bulk_source}
    assert run_by <= set(agreement.parties)


def test_a_deployment_without_a_planning_side_agrees_on_no_feed(settings):
    assert invented_agreement(settings.model_copy(update={"population": None}), AT).feeds == ()


async def test_every_postcode_practice_and_venue_of_the_demo_has_its_area(made):
    places = places_of(made.population)

    lives = [each.resident for each in planning_population(INVENTION).lives()]
    assert {each.practice for each in lives} <= set(practices_of(made.population))
    assert {each.lsoa for each in lives} <= set(places.borough_of) == set(places.msoa_of)
    assert set(venues_of(made.population).values()) == set(places.borough_of)


async def test_who_objected_is_known_by_the_stores_names_alone_and_who_opted_out_not_yet(made):
    lives = [each.resident for each in planning_population(INVENTION).lives()]
    objected = objected_in(made.population.objections_file, await mark_now(made))

    assert len(objected) == sum(each.objects_locally for each in lives) > 0
    assert kept_list(made.population.opt_out_list, now()) is None


async def mark_now(made):
    async with open_custody(keyring_of(made.population), {}, now) as custody:
        return await current_mark(custody)


async def usable_by_the_demos_check(numbers):
    process, listener = Process({}, now, uuid4), socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    asked_of = OptOutCheckSettings.model_validate(check_settings(address))
    with listener, _serving(planning_app(INVENTION, address), listener):
        async with open_mailbox(asked_of, process) as mailbox:
            check = national_check(mailbox, asked_of, process)
            return await check.list_of({each: [each.digits] for each in numbers})


async def test_the_demos_check_knows_who_opted_out():
    lives = [each.resident for each in planning_population(INVENTION).lives()]

    found = await usable_by_the_demos_check([each.nhs_number for each in lives])

    free = {each.nhs_number.digits for each in lives if not each.is_opted_out}
    assert found.usable == free
    assert len(free) < len(lives)


@pytest.mark.parametrize("written", ["digits", "grouped", "name", "postcode", "born"])
def test_somebody_who_was_released_by_name_is_found(tmp_path, written):
    [life] = replace(planning_population(INVENTION), people=1).lives()
    who = life.resident
    said = {
        "digits": who.nhs_number.digits,
        "grouped": who.nhs_number.grouped,
        "name": f"{who.given_name} {who.family_name}".upper(),
        "postcode": who.postcode.replace(" ", ""),
        "born": who.born_on.isoformat(),
    }
    (tmp_path / "rows.ndjson").write_text(json.dumps({"what": said[written]}, ensure_ascii=False))

    content = _content_of(tmp_path)
    assert any(each in content for each in _names_of(who))


@pytest.mark.parametrize("written", ["digits", "grouped", "name", "born"])
def test_somebody_who_was_released_in_a_packed_column_is_found(tmp_path, written):
    [life] = replace(planning_population(INVENTION), people=1).lives()
    who = life.resident
    said = {
        "digits": who.nhs_number.digits,
        "grouped": who.nhs_number.grouped,
        "name": f"{who.given_name} {who.family_name}",
        "born": who.born_on,
    }
    file = tmp_path / "rows.parquet"
    parquet.write_table(pa.table({"what": [said[written]] * 50}), file, compression="zstd")

    content = _content_of(tmp_path)
    assert any(each in content for each in _names_of(who))


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (1, "The request was refused. Reason: no-role."),
        (1, "Failed: no such file: not-the-recipient."),
        (0, "The request was refused. Reason: not-the-recipient."),
        (2, ""),
    ],
)
def test_a_command_that_failed_for_another_reason_was_not_refused(code, told):
    ended = CompletedProcess([], code, b"", told.encode())

    with pytest.raises(UnexpectedError, match=f"exit code {code}"):
        must_be_refused(ended, "not-the-recipient")


def test_the_three_sources_are_of_one_population():
    assert isinstance(planning_population(INVENTION), Population)
    assert len(SourceKind) == 3
