"""PDS and GP practices that are not what they should be are seen for what they are."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from adapters.credentials import FixedCredentials
from adapters.source_client import SourceClient
from adapters.source_clients import Surroundings
from adapters.source_config import Auth, AuthKind, SourceDialect, TlsFiles
from adapters.transport import Fetched
from gateway.source_report.asking import Questioner
from gateway.source_report.gp_trials import Practice
from gateway.source_report.seen import Standing
from gateway.source_report.trials import OnTrial, all_trials, first_trials
from tests.adapters.gp_practice import CALLER, CONSUMER, ENDPOINT
from tests.adapters.stub_source import (
    FHIR,
    FakeMonotonic,
    answer,
    bundle,
    client_for,
    config_for,
    stub_source,
)
from tests.patient.factories import NUMBER
from tests.source_report.conftest import statement

SURROUNDINGS = Surroundings(
    lambda: datetime(2026, 3, 2, tzinfo=UTC), lambda: UUID(int=1), FakeMonotonic()
)
BEARER = Auth(kind=AuthKind.BEARER, secret="ours")
PDS = {"dialect": SourceDialect.PDS, "organisation": ""}


def refusal(status, code):
    issue = {"severity": "error", "code": "value", "details": {"coding": [{"code": code}]}}
    return answer({"resourceType": "OperationOutcome", "issue": [issue]}, status)


class PdsLike:
    """A service that answers as PDS does, save for what a test says."""

    def __init__(self, **other):
        self.answers = {
            "knock": refusal(400, "INVALID_RESOURCE_ID"),
            "bad": refusal(401, "ACCESS_DENIED"),
            "nobody": refusal(404, "RESOURCE_NOT_FOUND"),
            "person": refusal(404, "RESOURCE_NOT_FOUND"),
            **other,
        }

    async def __call__(self, asked, writer):
        is_bad = asked.headers.get("authorization") == "Bearer not-a-token"
        name = {"0000000000": "knock", NUMBER.digits: "person"}.get(asked.path[-10:], "nobody")
        await self.answers["bad" if is_bad else name](asked, writer)


async def report_on_pds(number=NUMBER, auth=BEARER, **other):
    async with (
        stub_source(PdsLike(**other)) as stub,
        client_for(stub.url, SURROUNDINGS, auth=auth, **PDS) as client,
    ):
        source = OnTrial(Questioner(client), is_demo=False)
        return {each.trial: each async for each in all_trials(source, number)}


async def test_pds_refuses_a_token_that_it_does_not_know():
    seen = await report_on_pds(number=None)

    assert seen["bad token"].saw == "refused with status 401"
    assert seen["unknown person"].standing is Standing.FINE
    assert seen["test person"].standing is Standing.UNTRIED


@pytest.mark.parametrize(
    ("other", "trial", "saw"),
    [
        ({"knock": refusal(401, "ACCESS_DENIED")}, "admission", "status 401"),
        ({"knock": answer(bundle())}, "admission", "not refused as PDS refuses it"),
        ({"knock": refusal(400, "OTHER")}, "admission", "not refused as PDS refuses it"),
        ({"bad": answer(bundle())}, "bad token", "status 200, not 401"),
        ({"bad": answer(b"no", 401, "text/plain")}, "bad token", "without an OperationOutcome"),
        ({"nobody": answer(bundle())}, "unknown person", "status 200 without the code"),
        ({"person": answer(b"[]")}, "test person", "unavailable (unreadable)"),
        ({"person": refusal(503, "DOWN")}, "test person", "unavailable (http-status)"),
    ],
)
async def test_what_is_wrong_with_pds_is_named(other, trial, saw):
    seen = (await report_on_pds(**other))[trial]

    assert seen.standing is Standing.PROBLEM
    assert saw in seen.saw


async def report_on_practice(behave, number=NUMBER):
    dialect = {"dialect": SourceDialect.GP_CONNECT}
    async with (
        stub_source(behave) as stub,
        client_for(stub.url, SURROUNDINGS, **dialect) as client,
    ):
        questioner = Questioner(client)
        practice = Practice(questioner, ENDPOINT, CONSUMER, CALLER, SURROUNDINGS)
        source = OnTrial(questioner, is_demo=False, practice=practice)
        return {each.trial: each async for each in all_trials(source, number)}


async def test_a_practice_that_lets_anybody_in_and_knows_nobody():
    async def behave(asked, writer):
        told = answer(statement(version="3.0.2")) if asked.method == "GET" else answer(b"{}")
        await told(asked, writer)

    seen = await report_on_practice(behave)

    found = {name for name, each in seen.items() if each.standing is Standing.PROBLEM}
    assert found == {"no Spine headers", "bad token", "unknown person", "test person"}
    assert seen["no Spine headers"].saw == "not refused: status 200"
    assert seen["test person"].saw.startswith("outcome malformed (")


async def test_a_practice_of_another_version_is_asked_no_further():
    seen = await report_on_practice(answer(statement(version="4.0.1")), number=None)

    assert list(seen)[-2:] == ["description", "everything else"]
    assert "speaks FHIR 3.0.x" in seen["description"].remedy


class Answers:
    """A transport that answers every call alike, wherever it goes."""

    async def fetch(self, _call, _allowance):
        return Fetched(200, FHIR, b"{}")

    async def aclose(self):
        """Close nothing."""


@pytest.mark.parametrize(
    ("base_url", "is_demo", "standing"),
    [
        ("https://source.example/fhir", False, Standing.FINE),
        ("http://source.example/fhir", False, Standing.PROBLEM),
        ("http://source.example/fhir", True, Standing.REMARK),
        ("http://127.0.0.1:1/fhir", False, Standing.REMARK),
        ("http://localhost/fhir", False, Standing.REMARK),
    ],
)
async def test_records_in_clear_between_machines_are_a_problem(base_url, is_demo, standing):
    config = config_for(base_url, tls=TlsFiles())
    client = SourceClient(
        config,
        Answers(),
        FixedCredentials(),
        SURROUNDINGS.new_id,
        SURROUNDINGS.monotonic,
        SURROUNDINGS.now,
    )

    seen = [each async for each in first_trials(OnTrial(Questioner(client), is_demo=is_demo))]

    assert [each.standing for each in seen if each.trial == "transport"] == [standing]
