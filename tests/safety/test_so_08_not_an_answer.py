"""A source sends something that is not an answer: never "empty", never followed (SO-08)."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import pytest

from adapters.simulators.faults import FaultKind
from tests.adapters.stub_source import answer as says
from tests.safety.siege import (
    ASKED_ABOUT,
    DOCTOR,
    Siege,
    failures_counted,
    last_row_b,
    others_answered,
    safety_events,
)
from tests.stack import Stack

NOT_AN_ANSWER = {
    FaultKind.LOGIN_PAGE: "failed",
    FaultKind.OPERATION_OUTCOME_200: "failed",
    FaultKind.NO_CONTENT_204: "failed",
    FaultKind.UNAUTHORISED_401: "refused",
    FaultKind.REDIRECT: "failed",
    FaultKind.ERROR_500: "failed",
    FaultKind.ERROR_429: "failed",
    FaultKind.MALFORMED_JSON: "malformed",
    FaultKind.TRUNCATED: "failed",
    FaultKind.BAD_PAGING: "failed",
    FaultKind.BAD_PAGING_LOOP: "failed",
}

PLACES = (
    "http://{listener}/",
    "//{listener}/",
    "https://{listener}/",
    "http://{listener}/fhir/Patient",
)
# GP Connect has its own error format; an OperationOutcome that is none of its is unreadable.
OTHERWISE = {("gp", FaultKind.OPERATION_OUTCOME_200): "malformed"}

STATUSES = (301, 302, 303, 307, 308)
NOWHERE = (
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:70/",
    "javascript:alert(1)",
    "/fhir/metadata",
    "",
)


@dataclass
class Listener:
    """A place that nobody may be led to."""

    address: str = ""
    connections: int = 0


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()

    async def connected(_reader: Any, writer: asyncio.StreamWriter) -> None:
        listener.connections += 1
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, family=socket.AF_INET)
    listener.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield listener


PAGED = {FaultKind.BAD_PAGING, FaultKind.BAD_PAGING_LOOP}
CASES = [("hospital", fault) for fault in NOT_AN_ANSWER] + [
    ("gp", fault) for fault in NOT_AN_ANSWER if fault not in PAGED
]


@pytest.mark.parametrize(("source", "fault"), CASES)
async def test_so_08_what_is_no_answer_is_never_told_as_empty(
    stack: Stack, source: str, fault: FaultKind
):
    stack.london.faults[source].set(fault)

    answer = await stack.everything(DOCTOR, ASKED_ABOUT)

    told = answer.outcomes[source]
    assert told == OTHERWISE.get((source, fault), NOT_AN_ANSWER[fault])
    assert (answer.status, answer.is_complete) == (200, "false")
    assert others_answered(answer, source)
    assert (await last_row_b(stack))["sources"][source][0] == told
    assert await safety_events(stack) == ()


@pytest.mark.parametrize("place", PLACES)
async def test_so_08_a_redirect_is_never_followed(siege: Siege, place: str):
    async with listening() as listener:
        target = place.format(listener=listener.address)
        siege.hostile.misbehaves = says(status=302, Location=target)

        answer = await siege.asked()

        assert listener.connections == 0
    assert answer.outcomes["hospital"] == "failed"
    assert (await last_row_b(siege.stack))["sources"]["hospital"] == ["failed", "redirect"]
    assert failures_counted(siege.stack, "hospital") > 0


@pytest.mark.parametrize(("place", "status"), list(zip(NOWHERE, cycle(STATUSES))))
async def test_so_08_a_redirect_to_nowhere_good_is_a_failure(siege: Siege, place: str, status: int):
    siege.hostile.misbehaves = says(status=status, Location=place)

    answer = await siege.asked()

    asked = {each.target.split("?")[0] for each in siege.hostile.stub.asked}
    assert answer.outcomes["hospital"] == "failed"
    assert all(target.startswith("/fhir/") for target in asked)
    assert others_answered(answer, "hospital")


@pytest.mark.parametrize("place", PLACES)
async def test_so_14_a_next_page_elsewhere_is_never_fetched(siege: Siege, place: str):
    async with listening() as listener:
        target = place.format(listener=listener.address).encode()
        siege.hostile.pages["Encounter"] = (
            b'{"resourceType":"Bundle","type":"searchset","entry":[],'
            b'"link":[{"relation":"next","url":"%b"}]}' % target
        )

        answer = await siege.asked()

        assert listener.connections == 0
    assert answer.outcomes["hospital"] == "failed"


async def test_so_08_a_source_that_always_says_401_is_not_asked_for_ever(siege: Siege):
    siege.hostile.misbehaves = says(status=401, WWW_Authenticate="Bearer")

    answer = await siege.asked()

    targets = [each.target for each in siege.hostile.stub.asked if "metadata" not in each.target]
    assert answer.outcomes["hospital"] == "refused"
    assert len(targets) == len(set(targets)), "nothing was asked twice"


async def test_so_17_what_the_source_is_told_of_the_caller_holds_no_token_of_ours(siege: Siege):
    await siege.asked()

    token = await siege.stack.token(DOCTOR)
    heard = repr([each.headers for each in siege.hostile.stub.asked])
    assert token not in heard
    assert "cookie" not in heard.lower()
