"""What is not JSON, as a source's answer and as a request (IP-01, SO-11, P12): none of it is taken.

Corpus: JSONTestSuite, all of it; `SCR_PROVE_COUNT` sets how many of it go through the whole service.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import httpx2
import pytest

from adapters.contract import Outcome, Reason, SourceAdapter, SourceAnswer, SourceRequest
from adapters.gp_london import GpLondonAdapter
from adapters.hospital import hospital_adapter
from adapters.source_client import SourceClient
from adapters.source_clients import open_source_client
from adapters.source_config import SourceConfig, SourceDialect
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.spans import UnreadablePageError, read_page
from fhir_profiles.vocabulary import Category
from tests.adapters.gp_practice import CALLER
from tests.adapters.stub_source import stub_source
from tests.contract.adapters_under_contract import surroundings
from tests.safety.every_route import every_route
from tests.safety.hostile_source import (
    CANARY,
    FOREIGN_NUMBER,
    Hostile,
    Json,
    encounter,
    patient_like,
    refer,
)
from tests.safety.published_lists import COUNT, SEED, json_cases, needs_lists, odd_json
from tests.safety.siege import ASKED_ABOUT, DOCTOR, Siege, holds_no_canary, others_answered
from tests.stack import Stack
from tests.web.visitor import Visitor

pytestmark = needs_lists

REQUEST = SourceRequest(NhsNumber(FOREIGN_NUMBER), CALLER, frozenset(Category), UUID(int=1))
PATIENT = {"resourceType": "Patient", "id": "p1"}
NOT_TAKEN = {Outcome.MALFORMED, Outcome.FAILED}
JSON_TYPES = ("application/json", "application/fhir+json")


def page_with(resource: bytes) -> bytes:
    entries = b'{"resource":%b},{"resource":%b}' % (json.dumps(PATIENT).encode(), resource)
    return b'{"resourceType":"Bundle","type":"searchset","entry":[%b]}' % entries


def in_an_element(case: bytes) -> bytes:
    """Put a case where an element is that nobody knows, and so nobody need look at."""
    odd = b'{"resourceType":"Condition","id":"odd","subject":{"reference":"Patient/p1"},"odd":%b}'
    return page_with(odd % case)


PLACES = {
    "by itself": lambda case: case,
    "as a resource": page_with,
    "in an element": in_an_element,
}


@dataclass(frozen=True)
class Dialect:
    """One adapter, and the path of the call whose answer is spoilt."""

    kind: SourceDialect
    adapter: Callable[[SourceClient], SourceAdapter]
    path: str


DIALECTS = {
    "fhir-r4": Dialect(
        SourceDialect.FHIR_R4,
        lambda client: hospital_adapter(client, lambda: 0.0),
        "Patient/p1/$everything",
    ),
    "gp-london": Dialect(SourceDialect.GP_LONDON, GpLondonAdapter, "Patient/$getstructuredrecord"),
}


@asynccontextmanager
async def answering(dialect: Dialect) -> AsyncIterator[Callable[[bytes], Awaitable[SourceAnswer]]]:
    """Give a way to ask a source that answers with these bytes, over HTTP."""
    hostile = Hostile(has_everything=True, resources=[PATIENT])
    async with stub_source(hostile.behave) as stub:
        config = SourceConfig("source", dialect.kind, stub.url, "RRV", 5.0)
        client = open_source_client(config, surroundings())
        adapter = dialect.adapter(client)

        async def ask(body: bytes) -> SourceAnswer:
            hostile.pages[dialect.path] = body
            return await adapter.ask(REQUEST)

        try:
            yield ask
        finally:
            await client.aclose()


def taken_from(answer: SourceAnswer) -> set[str]:
    """Name what a reader could be shown of an answer, the Patient apart."""
    return {name for body in answer.bodies for name in _resources(body)} - {"Patient"}


def _resources(body: bytes) -> Iterable[str]:
    try:
        page = read_page(body)
    except UnreadablePageError:
        return []
    return [each.header.resource_type for each in page.resources]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("dialect", DIALECTS)
async def test_so_11_no_source_is_believed_that_answers_with_what_is_not_json(dialect, place):
    believed = []
    async with answering(DIALECTS[dialect]) as ask:
        for name, case in json_cases("n").items():
            answer = await ask(PLACES[place](case))
            assert answer.reason is not Reason.BREAKER_OPEN
            if answer.outcome not in NOT_TAKEN or taken_from(answer):
                believed.append((name, answer.outcome))

    assert believed == []


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_so_11_what_is_json_is_taken_wherever_it_stands_in_a_resource(dialect):
    refused = []
    async with answering(DIALECTS[dialect]) as ask:
        for name, case in json_cases("y").items():
            answer = await ask(in_an_element(case))
            if answer.outcome is not Outcome.DATA or taken_from(answer) != {"Condition"}:
                refused.append((name, answer.outcome))

    assert refused == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("dialect", DIALECTS)
async def test_so_11_what_may_be_read_or_not_ends_in_an_outcome(dialect, place):
    async with answering(DIALECTS[dialect]) as ask:
        for case in (json_cases("i") | odd_json()).values():
            answer = await ask(PLACES[place](case))
            assert answer.outcome in NOT_TAKEN | {Outcome.DATA}


async def test_so_11_nothing_of_it_reaches_a_reader(siege: Siege):
    cases = json_cases("n", "i")
    siege.hostile.holds(patient_like(siege.person), encounter("e1", refer("Patient/p1")))
    whole = siege.hostile.found_bytes("Encounter")
    path = f"/fhir/Patient/{siege.stack.patient(ASKED_ABOUT)}/$everything"
    for name in random.Random(SEED).sample(sorted(cases), min(COUNT or 12, len(cases))):
        siege.hostile.pages["Encounter"] = whole.replace(b'"finished"', cases[name])

        answer = await siege.stack.get(DOCTOR, path)

        assert answer.status_code == 200, f"{name}, seed {SEED}"
        # A number beyond a double is JSON, and is served as its source wrote it: this reader takes it.
        sources = {each["resource"].get("meta", {}).get("source") for each in entries_of(answer)}
        assert {"urn:scr:source:gp", "urn:scr:source:ambulance"} <= sources
        assert name.startswith("i_") or CANARY not in answer.text, f"{name}, seed {SEED}"


def entries_of(answer: httpx2.Response) -> list[Json]:
    return list(json.loads(answer.content)["entry"])


@pytest.mark.parametrize("name", ["i_string_iso_latin_1.json", "i_string_truncated-utf-8.json"])
async def test_so_11_bytes_that_are_no_text_cost_their_source_alone(siege: Siege, name: str):
    siege.hostile.holds(patient_like(siege.person), encounter("e1", refer("Patient/p1")))
    whole = siege.hostile.found_bytes("Encounter")
    siege.hostile.pages["Encounter"] = whole.replace(b'"finished"', json_cases("i")[name])

    answer = await siege.asked()

    assert (answer.status, answer.outcomes["hospital"]) == (200, "malformed")
    assert holds_no_canary(answer)
    assert others_answered(answer, "hospital")


async def test_ip_01_no_route_takes_a_body_of_it_and_none_breaks(stack: Stack):
    await Visitor(stack).sign_in(DOCTOR)
    bearer = {"Authorization": f"Bearer {await stack.token(DOCTOR)}"}
    filled = {"patient_id": stack.patient(ASKED_ABOUT), "resource_type": "Condition"}
    at_most = asyncio.Semaphore(8)

    async def send(path: str, name: str, case: bytes, media_type: str) -> tuple[str, str, int]:
        async with at_most:
            # Pages know the visitor by the cookie that signing in left.
            shown = bearer if path.startswith("/fhir") else {}
            sent = {**shown, "Content-Type": media_type}
            answer = await stack.client.post(path, content=case, headers=sent)
        return path, name, answer.status_code

    paths = [
        each.at(**dict.fromkeys(each.fields, "x") | filled)
        for each in every_route(stack)
        if each.method == "POST"
    ]
    cases = json_cases("n", "i", "y") | odd_json()
    sending = [
        send(path, name, case, media_type)
        for path in paths
        for name, case in cases.items()
        for media_type in JSON_TYPES
    ]
    answers = await asyncio.gather(*sending)

    assert len(paths) >= 4
    assert [each for each in answers if each[2] >= 500] == []
    assert [each for each in answers if each[2] < 400 and each[1].startswith("n_")] == []
