"""Every way in which an export can fail is told apart, and none is taken for an export of nothing."""

from datetime import timedelta

import pytest

from adapters.bulk_contract import FeedRequest, Waiting
from adapters.bulk_export import BulkExport
from adapters.contract import Outcome, Reason
from adapters.transport import Unfetched
from tests.adapters.bulk_exports import (
    NOW,
    PATIENCE,
    REQUEST,
    begin,
    in_turn,
    located,
    manifest,
    plan,
    with_export,
    with_headers,
)
from tests.adapters.stub_source import answer, client_for


async def test_a_kick_off_asks_for_types_and_changes_as_the_specification_has_it(
    surroundings, sleeper
):
    request = FeedRequest(("Patient",), NOW + timedelta(hours=1), NOW)
    begun, stub = await with_export(
        located("/fhir/status"), surroundings, sleeper, lambda export, _: export.begin(request)
    )

    asked = stub.asked[0]
    assert begun.endswith("/fhir/status")
    assert asked.query["_since"] == ["2026-03-01T01:00:00.000+00:00"]
    assert asked.query["_type"] == ["Patient"]
    assert asked.headers["accept"] == "application/fhir+json"
    assert asked.headers["prefer"] == "respond-async"


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (located(""), (Outcome.FAILED, Reason.PAGING_HOST)),
        (located("https://elsewhere.example/status"), (Outcome.FAILED, Reason.PAGING_HOST)),
        (answer({}, 200), (Outcome.FAILED, Reason.HTTP_STATUS)),
        (answer({}, 401), (Outcome.REFUSED, Reason.UNAUTHORISED)),
        (answer({}, 403), (Outcome.REFUSED, Reason.UNAUTHORISED)),
        (answer({}, 404), (Outcome.FAILED, Reason.NOT_FOUND)),
        (answer({}, 429), (Outcome.FAILED, Reason.HTTP_STATUS)),
        (answer({}, 500), (Outcome.FAILED, Reason.HTTP_STATUS)),
        (answer({}, 302, location="/x"), (Outcome.FAILED, Reason.REDIRECT)),
    ],
    ids=["nowhere", "elsewhere", "200", "401", "403", "404", "429", "500", "302"],
)
async def test_a_kick_off_that_is_not_taken_is_a_failure(
    behaviour, expected, surroundings, sleeper
):
    why, _ = await with_export(behaviour, surroundings, sleeper, begin)

    assert isinstance(why, Unfetched)
    assert (why.outcome, why.reason) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (b"", (Outcome.MALFORMED, Reason.UNREADABLE)),
        (b"[]", (Outcome.MALFORMED, Reason.UNREADABLE)),
        ({"output": []}, (Outcome.MALFORMED, Reason.UNREADABLE)),
        (manifest(transactionTime="2026-03-01T00:00:00"), (Outcome.MALFORMED, Reason.UNREADABLE)),
        (manifest(transactionTime="soon"), (Outcome.MALFORMED, Reason.UNREADABLE)),
    ],
)
async def test_a_manifest_that_cannot_be_read_is_not_an_empty_one(
    told, expected, surroundings, sleeper
):
    why, _ = await with_export(answer(told), surroundings, sleeper, plan)

    assert (why.outcome, why.reason) == expected


async def test_only_what_was_asked_for_is_planned(surroundings, sleeper):
    files = [{"type": each, "url": f"/{each}"} for each in ("Patient", "Binary", "Encounter")]
    planned, _ = await with_export(answer(manifest(output=files)), surroundings, sleeper, plan)

    assert [each.resource_type for each in planned.parts] == ["Patient", "Encounter"]
    assert (planned.covers_until, planned.is_secret, planned.is_partial) == (NOW, False, False)


async def test_progress_is_watched_and_pauses_grow_or_are_as_long_as_wished(surroundings, sleeper):
    told = []
    behaviour = in_turn(
        with_headers(202, **{"x-progress": "ha\tlf" * 40}),
        with_headers(202, **{"retry-after": "30"}),
        with_headers(202, **{"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}),
        answer(manifest()),
    )
    await with_export(
        behaviour, surroundings, sleeper, lambda export, stub: plan(export, stub, told.append)
    )

    assert sleeper.slept == [1.0, 30.0, 4.0]
    assert told == [Waiting(("half" * 40)[:100]), Waiting(""), Waiting("")]


async def test_an_export_that_is_never_ready_is_given_up(surroundings, sleeper):
    why, _ = await with_export(answer(b"", 202), surroundings, sleeper, plan)

    assert (why.outcome, why.reason) == (Outcome.TIMED_OUT, Reason.DEADLINE)
    assert sum(sleeper.slept) < PATIENCE.longest


@pytest.mark.parametrize(
    "passing",
    [
        with_headers(429, **{"retry-after": "7"}),
        answer({"issue": [{"severity": "error", "code": "transient"}]}, 500),
    ],
    ids=["too many", "transient"],
)
async def test_a_passing_refusal_is_waited_out(passing, surroundings, sleeper):
    behaviour = in_turn(passing, answer(manifest()))
    planned, _ = await with_export(behaviour, surroundings, sleeper, plan)

    assert len(planned.parts) == 1
    assert sleeper.slept in ([7.0], [1.0])


@pytest.mark.parametrize("body", [b"x", {"issue": [{"code": "exception"}]}])
async def test_a_job_that_failed_is_not_asked_for_again(body, surroundings, sleeper):
    why, stub = await with_export(answer(body, 500), surroundings, sleeper, plan)

    assert (why.reason, why.http_status) == (Reason.HTTP_STATUS, 500)
    assert len(stub.asked) == 1


async def test_a_source_that_is_not_there_is_tried_a_few_times(surroundings, sleeper):
    async def use(export, stub):
        return await export.plan("http://127.0.0.1:1/fhir/status", REQUEST, lambda _: None)

    async with client_for("http://127.0.0.1:1/fhir", surroundings) as client:
        why = await use(BulkExport(client, frozenset(), PATIENCE, sleeper), None)

    assert why.reason is Reason.CONNECTION
    assert sleeper.slept == [1.0, 2.0]
