"""Answers of requests under way at once change places (SO-07): nobody is ever shown another's.

`SCR_PROVE_COUNT` sets how many pairs ask at once, `SCR_PROVE_SEED` repeats a run. A pair is two people whose
answers a broken source, or what stands before it, gives to the wrong one, late, twice or run together.
"""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import pytest

from adapters.contract import Demographics, Outcome, SourceAnswer, SourceRequest
from adapters.fhir_r4 import FhirR4Adapter
from adapters.hospital import hospital_adapter
from adapters.source_clients import Surroundings, open_source_client
from adapters.source_config import Caps, SourceConfig, SourceDialect
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from gateway.patient.verify import Verified, verify
from gateway.patient.work import WorkMemory
from gateway.wiring import now
from tests.adapters.gp_practice import CALLER
from tests.adapters.stub_source import Asked, response, stub_source
from tests.adapters.stub_source import answer as says
from tests.safety.hostile_source import (
    Json,
    encounter,
    nhs_identifier,
    refer,
    searchset,
)
from tests.safety.siege import ASKED_ABOUT, DOCTOR, Siege, safety_events
from tests.safety.test_p01_mixups import KNOWN

COUNT = int(os.environ.get("SCR_PROVE_COUNT", "150"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above

NUMBERS = NhsNumber("9990000026"), NhsNumber("9990000034")
WORDS = dict(zip(NUMBERS, ("belongs-to-the-first", "belongs-to-the-other"), strict=True))
DECLARED = {
    "resourceType": "CapabilityStatement",
    "rest": [
        {
            "mode": "server",
            "resource": [
                {"type": "Patient", "operation": [{"name": "everything"}]},
                {"type": "Encounter"},
            ],
        }
    ],
}


def record_of(number: NhsNumber) -> Json:
    """Give one person's whole record; both have the same local ids, as in two databases."""
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [nhs_identifier(number.digits)],
        "name": [{"family": KNOWN.family_name, "given": list(KNOWN.given_names)}],
        "birthDate": KNOWN.born_on,
    }
    return searchset([patient, encounter("e1", refer("Patient/p1"), WORDS[number])])


@dataclass
class Confused:
    """A source that knows whom it is asked about by the search before, and confuses answers as told."""

    random: Random
    kinds: Counter[str] = field(default_factory=Counter)
    waiting: tuple[NhsNumber, asyncio.Future[NhsNumber]] | None = None

    async def behave(self, asked: Asked, writer: Any) -> None:
        if asked.path.endswith("/metadata"):
            await says(DECLARED)(asked, writer)
            return
        number = self._about(asked)
        kind = self.random.choice(KINDS)
        self.kinds[kind] += 1
        await getattr(self, f"_{kind}")(asked, number, writer)

    def _about(self, asked: Asked) -> NhsNumber:
        """Tell who is asked about: `$everything` does not name the number, the question's id does."""
        pair_and_side = int(UUID(asked.headers["x-correlation-id"]))
        return NUMBERS[pair_and_side % 2]

    async def _rightly(self, _asked: Asked, number: NhsNumber, writer: Any) -> None:
        writer.write(_answer(number))

    async def _swapped(self, _asked: Asked, number: NhsNumber, writer: Any) -> None:
        writer.write(_answer(await self._of_whoever_waits(number)))

    async def _of_whoever_waits(self, number: NhsNumber) -> NhsNumber:
        """Change places with another request that waits to, or wait for one for a moment."""
        if self.waiting is not None:
            (other, place), self.waiting = self.waiting, None
            place.set_result(number)
            return other
        mine: asyncio.Future[NhsNumber] = asyncio.get_running_loop().create_future()
        self.waiting = number, mine
        for _ in range(50):
            if mine.done():
                return mine.result()
            await asyncio.sleep(0)
        if self.waiting == (number, mine):
            self.waiting = None
        return mine.result() if mine.done() else _other(number)

    async def _run_together(self, _asked: Asked, number: NhsNumber, writer: Any) -> None:
        """Send another's answer right behind, for the next request on this connection to find."""
        writer.write(_answer(number) + _answer(_other(number)))

    async def _left_behind(self, _asked: Asked, number: NhsNumber, writer: Any) -> None:
        """Send another's answer a little later, while the connection waits or is in use again."""
        writer.write(_answer(number))
        await writer.drain()
        for _ in range(self.random.randint(1, 5)):
            await asyncio.sleep(0)
        writer.write(_answer(_other(number)))

    async def _short(self, _asked: Asked, number: NhsNumber, writer: Any) -> None:
        """Declare too little, so that the rest of an answer stands where the next begins."""
        whole = _body(number) + b" " * 40
        head, _, _body_of_it = response(whole[:-40]).partition(b"\r\n\r\n")
        writer.write(head + b"\r\n\r\n" + whole)

    async def _mixed(self, _asked: Asked, number: NhsNumber, writer: Any) -> None:
        """Give both people's entries as one answer, as two threads that share a buffer do."""
        both = record_of(number)
        both["entry"] += record_of(_other(number))["entry"]
        both["total"] = len(both["entry"])
        writer.write(response(json.dumps(both).encode()))


KINDS = ("rightly", "swapped", "run_together", "left_behind", "short", "mixed")


def _other(number: NhsNumber) -> NhsNumber:
    return NUMBERS[1 - NUMBERS.index(number)]


def _body(number: NhsNumber) -> bytes:
    return json.dumps(record_of(number)).encode()


def _answer(number: NhsNumber) -> bytes:
    return response(_body(number))


@asynccontextmanager
async def asking(confused: Confused) -> AsyncIterator[FhirR4Adapter]:
    """Give an adapter whose breaker never sees two failures close together."""
    seconds = count(0, 100)
    surroundings = Surroundings(now, lambda: UUID(int=1), lambda: next(seconds))
    async with stub_source(confused.behave) as stub:
        caps = Caps(calls_waiting=10_000)
        config = SourceConfig("hospital", SourceDialect.FHIR_R4, stub.url, "RRV", 30.0, caps=caps)
        client = open_source_client(config, surroundings)
        try:
            yield hospital_adapter(client, lambda: 0.0)
        finally:
            await client.aclose()


def person(number: NhsNumber) -> Demographics:
    return replace(KNOWN, nhs_number=number)


async def ask_of(adapter: FhirR4Adapter, pair: int, number: NhsNumber) -> SourceAnswer:
    question = UUID(int=2 * pair + NUMBERS.index(number))
    return await adapter.ask(SourceRequest(number, CALLER, frozenset(Category), question))


def strange_in(verified: Verified, number: NhsNumber) -> list[bytes]:
    strange = WORDS[_other(number)].encode(), _other(number).digits.encode()
    return [each.body for each in verified.proven if any(word in each.body for word in strange)]


async def test_so_07_of_pairs_asked_about_at_once_nobody_is_given_the_others_record(
    record_property: Callable[[str, object], None],
):
    record_property("seed", SEED)
    confused, memory = Confused(Random(SEED)), WorkMemory(lambda: 0.0)
    ends: Counter[Outcome] = Counter()
    at_once = 24

    async with asking(confused) as adapter:
        for first in range(0, COUNT, at_once):
            pairs = range(first, min(first + at_once, COUNT))
            questions = [(pair, number) for pair in pairs for number in NUMBERS]
            answers = await asyncio.gather(*(ask_of(adapter, *each) for each in questions))
            for (_pair, number), answer in zip(questions, answers, strict=True):
                verified = verify(memory.read(answer), person(number), number)
                ends[verified.outcome] += 1
                assert strange_in(verified, number) == [], f"SCR_PROVE_SEED={SEED}"

    assert set(confused.kinds) == set(KINDS)
    assert min(ends[Outcome.DATA], ends[Outcome.WRONG_PATIENT], ends[Outcome.FAILED]) > 0
    record_property("ends", {each.value: number for each, number in ends.items()})


async def test_so_07_two_readers_whose_answers_change_places_are_both_refused_them(siege: Siege):
    names = (ASKED_ABOUT, "mental-health")
    people = [siege.stack.london.cohort.people[siege.stack.london.people[one]] for one in names]
    answers = {
        person.nhs_number.digits: [
            person_like(other),
            encounter("e1", refer("Patient/p1"), "theirs"),
        ]
        for person, other in zip(people, reversed(people), strict=True)
    }

    async def swapping(asked: Asked, writer: Any) -> None:
        kind = asked.path.removeprefix("/fhir/")
        held = next((held for digits, held in answers.items() if digits in asked.target), [])
        found = searchset(each for each in held if each["resourceType"] == kind)
        await says(found)(asked, writer)

    siege.hostile.misbehaves = swapping
    told = await asyncio.gather(*(siege.stack.everything(DOCTOR, name) for name in names))

    assert [each.outcomes["hospital"] for each in told] == ["refused", "refused"]
    assert [each.from_source("hospital") for each in told] == [[], []]
    assert [each.kind for each in await safety_events(siege.stack)] == ["H-01", "H-01"]


def person_like(person: Any) -> Json:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [nhs_identifier(person.nhs_number.digits)],
        "name": [{"family": person.family_name, "given": list(person.given_names)}],
        "birthDate": person.born_on.isoformat(),
    }


@pytest.mark.parametrize("kind", KINDS)
async def test_so_07_the_source_confuses_as_it_is_told_to(kind: str):
    confused = Confused(Random(1))
    sent: list[bytes] = []
    writer = type("Writer", (), {"write": sent.append, "drain": lambda _self: asyncio.sleep(0)})()

    await getattr(confused, f"_{kind}")(None, NUMBERS[0], writer)

    own, strange = (WORDS[each].encode() in b"".join(sent) for each in NUMBERS)
    assert own is (kind != "swapped")
    assert strange is (kind not in {"rightly", "short"})
