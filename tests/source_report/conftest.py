"""A source whose every answer a test may change, and the report on it."""

from collections.abc import Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest

from adapters.source_clients import Surroundings
from adapters.source_config import Auth, AuthKind
from gateway.source_report.asking import Questioner
from gateway.source_report.seen import Seen
from gateway.source_report.trials import OnTrial, all_trials
from tests.adapters.stub_source import FakeMonotonic, answer, bundle, client_for, stub_source
from tests.patient.factories import NUMBER

BEARER = Auth(kind=AuthKind.BEARER, secret="ours")
SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"
PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"system": SYSTEM, "value": NUMBER.digits}],
}


def condition(name="c1", **members):
    subject = {"reference": "Patient/p1"}
    return {"resourceType": "Condition", "id": name, "subject": subject, **members}


def outcome(status):
    issue = {"severity": "error", "code": "invalid"}
    return answer({"resourceType": "OperationOutcome", "issue": [issue]}, status)


def statement(*more, version="4.0.1", parameter="patient", mode="server"):
    def declared(name, search):
        interaction = [{"code": "search-type"}]
        return {"type": name, "interaction": interaction, "searchParam": [{"name": search}]}

    resources = [declared("Patient", "identifier"), declared("Condition", parameter), *more]
    return {
        "resourceType": "CapabilityStatement",
        "fhirVersion": version,
        "software": {"name": "Stub", "version": "1"},
        "rest": [{"mode": mode, "resource": resources}],
    }


class Source:
    """A good source; `but` replaces its answer to one question."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable] = {
            "metadata": answer(statement()),
            "bad token": outcome(401),
            "unknown type": outcome(404),
            "unknown parameter": outcome(400),
            "nobody": answer(bundle()),
            "patient": answer(bundle(PATIENT)),
            "other types": answer(bundle()),
            "conditions": answer(bundle(condition("c1"), condition("c2"))),
        }

    def but(self, question: str, behave) -> "Source":
        self.answers[question] = behave if callable(behave) else answer(behave)
        return self

    async def __call__(self, asked, writer):
        await self.answers[question_of(asked)](asked, writer)


def question_of(asked):
    name = asked.path.rpartition("/")[2]
    if name == "metadata":
        return "metadata"
    if asked.headers.get("authorization") == "Bearer not-a-token":
        return "bad token"
    if name == "ScrNoSuchType":
        return "unknown type"
    if "scr-no-such-parameter" in asked.query:
        return "unknown parameter"
    if name == "Patient":
        return "patient" if NUMBER.digits in asked.target else "nobody"
    if name == "$everything":
        return "everything"
    if name != "Condition":
        return "other types"
    return "small pages" if is_small(asked) else "conditions"


def is_small(asked):
    return "small" in asked.query or asked.query.get("_count") == ["1"]


@pytest.fixture
def source():
    found = Source()
    found.answers["small pages"] = pages_of(condition("c1"), condition("c2"))
    return found


def pages_of(*resources):
    async def behave(asked, writer):
        place = int(asked.query.get("small", ["0"])[0])
        link = f"Condition?small={place + 1}" if place + 1 < len(resources) else None
        page = bundle(resources[place], next_link=link, total=len(resources))
        await answer(page)(asked, writer)

    return behave


@asynccontextmanager
async def on_trial(behave, monotonic=None, auth=BEARER, **other):
    surroundings = Surroundings(
        lambda: datetime(2026, 3, 2, tzinfo=UTC), lambda: UUID(int=1), monotonic or FakeMonotonic()
    )
    async with (
        stub_source(behave) as stub,
        client_for(stub.url, surroundings, auth=auth, **other) as client,
    ):
        yield OnTrial(Questioner(client), is_demo=False), stub


@pytest.fixture
def report():
    """Give a function that tries a source out: trials by name, the last of a name winning."""

    async def try_out(behave, number=NUMBER, **other) -> dict[str, Seen]:
        async with on_trial(behave, **other) as (source, _stub):
            return {each.trial: each async for each in all_trials(source, number)}

    return try_out
