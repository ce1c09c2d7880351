"""People are found in PDS by what is known of them, and a failure is never nobody."""

import json

import pytest

from adapters.contract import FindRequest, Reason, TraceOutcome
from adapters.demographics import PdsAdapter
from tests.adapters.demographics.pds_answers import (
    ONE,
    TWO,
    patient,
    refusal,
)
from tests.adapters.stub_source import answer, client_for, deadline_for, hangs, stub_source


async def find(behave, surroundings, request=FindRequest("Shah", "1980-02-29")):  # noqa: B008
    async with (
        stub_source(behave) as stub,
        client_for(stub.url, surroundings, deadline_for(behave)) as client,
    ):
        return await PdsAdapter(client).find(request), stub


def found(*scored, **changes):
    entries = [{"resource": one, "search": {"score": score}} for one, score in scored]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(entries),
        "entry": entries,
        **changes,
    }


async def test_a_search_sends_what_is_known_and_nothing_else(surroundings):
    full = FindRequest("O'Shea*", "1980-02-29", "Asha", "female", "E1 6AN")
    _, bare = await find(answer(found()), surroundings)
    _, stub = await find(answer(found()), surroundings, full)

    assert bare.asked[0].query == {
        "family": ["Shah"],
        "birthdate": ["eq1980-02-29"],
        "_max-results": ["20"],
    }
    query = stub.asked[0].query
    assert (query["family"], query["given"], query["gender"]) == (["O'Shea*"], ["Asha"], ["female"])
    assert query["address-postalcode"] == ["E1 6AN"]


async def test_people_found_come_best_first(surroundings):
    trace, _ = await find(answer(found((patient(ONE), 0.8), (patient(TWO), 1.0))), surroundings)

    assert trace.outcome is TraceOutcome.FOUND
    assert [person.nhs_number for person in trace.people] == [TWO, ONE]
    assert trace.scores == (1.0, 0.8)
    assert json.loads(trace.people[0].body) == patient(TWO)


async def test_nobody_found_is_not_found(surroundings):
    trace, _ = await find(answer(found()), surroundings)

    assert trace.outcome is TraceOutcome.NOT_FOUND


async def test_too_many_matches_is_told(surroundings):
    trace, _ = await find(refusal("TOO_MANY_MATCHES", 200), surroundings)

    assert trace.outcome is TraceOutcome.TOO_MANY


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (answer(b"", 500), Reason.HTTP_STATUS),
        (answer(b"", 404), Reason.NOT_FOUND),
        (answer(b"{"), Reason.UNREADABLE),
        (answer(b'{"resourceType": "Bundle"}'), Reason.UNREADABLE),
        (answer(found(type="history")), Reason.NOT_A_BUNDLE),
        (answer(found(total=3)), Reason.NOT_A_BUNDLE),
        (answer(found((patient(), 1.0), (patient(gender="F"), 0.9))), Reason.UNREADABLE),
        (hangs, Reason.DEADLINE),
    ],
    ids=["500", "404", "cut", "bare", "history", "fewer", "one odd person", "hangs"],
)
async def test_a_failed_search_is_unavailable(surroundings, behave, reason):
    trace, _ = await find(behave, surroundings)

    assert (trace.outcome, trace.reason, trace.people) == (TraceOutcome.UNAVAILABLE, reason, ())
