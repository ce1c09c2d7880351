"""The statements of 50 people read at grade 8 or lower, and list exactly what was done about each, by the test's account."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

import pytest
import textstat

from adapters.simulators.cohort import make_cohort
from adapters.simulators.demo_users import DEMO_USERS
from adapters.simulators.people import ORGANISATIONS
from fhir_profiles.nhs_number import NhsNumber
from gateway.audit.statement import Statement
from gateway.audit.statement_text import text_of
from gateway.audit.statement_words import ACTS as ACTS_WITH_WORDS
from gateway.audit.statement_words import PREFACE, SEALED
from gateway.patient.find import Finder
from gateway.patient.statements import PatientStatement
from gateway.wiring import now
from rbac.types import Purpose
from tests.london import London, running_london
from tests.population.http.coding import Coding
from tests.run_seed import SWITCH
from tests.safety.doings import ACTS, Doings, Done, told_of
from tests.safety.emergencies import as_served
from tests.safety.test_permission_to_view import asking
from tests.stack import Stack, make_key_file, prepare_database, running_stack
from tests.stack_fixtures import compiled

__all__ = ["compiled"]

W = []
B = []
PEOPLE = 50
GRADE = 8.0
"""Flesch-Kincaid: what people of 13 or 14 years read with ease."""

OFFICER = "privacy-officer"
KINDS = {each.value for each in ACTS_WITH_WORDS}
MOST_BEYOND = 200
"""Acts at random beyond the first, until one of each kind was done: not every search has a second page."""

SEED = int(os.environ[SWITCH])  # noqa: TID251 - a switch of the test run


@pytest.fixture(scope="module")
def city() -> Iterator[London]:
    with running_london(make_cohort(seed=1, people=PEOPLE, reference_time=now())) as running:
        yield running


@pytest.fixture
async def crowd(city: London, tmp_path: Path, compiled: Mapping[str, Any]) -> AsyncIterator[Stack]:
    template, folder = tmp_path / "template.db", tmp_path / "stack"
    await prepare_database(template, city, make_key_file(template.with_suffix(".keys")))
    folder.mkdir()
    shutil.copy(template, folder / "vault.db")
    async with running_stack(city, template, folder, compiled) as stack:
        yield stack


async def busy(crowd: Stack) -> Doings:
    """Do every kind of thing about somebody, and a few at random about everybody."""
    async with as_served(crowd, asking(crowd)) as asks:
        coding = Coding(crowd.services.settings.population.keyring.parent)
        await coding.make_keys()
        await coding.fill(crowd, crowd.london.cohort.people)
        doing = Doings(crowd, asks, Random(SEED), coding)
        people = list(crowd.london.cohort.people)
        related = [each for each in crowd.london.people.values() if each in people]
        for act in ACTS.values():
            for number in doing.chance.sample(related, 3):
                await act(doing, number)
        for number in people:
            for _time in range(doing.chance.randint(0, 3)):
                await doing.any_of(number)
        for _time in range(MOST_BEYOND):
            if kinds_of(doing) >= KINDS:
                break
            await doing.any_of(doing.chance.choice(related))
        return doing


def kinds_of(doing: Doings) -> set[str]:
    return {each.act for noted in doing.account.values() for each in noted if each.act is not None}


async def statement_of(doing: Doings, number: NhsNumber) -> PatientStatement:
    services = doing.stack.services
    # The names that a deployment's settings give; those of the tests' are codes.
    statements = replace(services.statements, organisations=ORGANISATIONS)
    principal = await services.verifier.principal(await doing.stack.token(OFFICER))
    finder = Finder(principal, Purpose.HSYSADMIN, "the last of all")
    return await statements.of(finder, doing.id_of(number))


def sentences_of(statement: Statement) -> str:
    """Give what is said alone: the short rows of headings, times and numbers read more easily than any sentence."""
    said = (" ".join(told for _heading, told in line.parts[:4]) for line in statement.lines)
    return " ".join((*PREFACE, *said, *SEALED))


async def test_the_statements_of_fifty_people_are_plain_and_list_exactly_their_accesses(
    crowd: Stack, record_property: Callable[[str, object], None]
) -> None:
    doing, whole, alone = await busy(crowd), list[float](), list[float]()
    own = Done(DEMO_USERS[OFFICER].user_id, "statement", True)

    for number in list(crowd.london.cohort.people):
        made = await statement_of(doing, number)
        assert told_of(made) == [*doing.account[number], own], f"seed {SEED}"
        whole.append(textstat.flesch_kincaid_grade(text_of(made.statement)))
        alone.append(textstat.flesch_kincaid_grade(sentences_of(made.statement)))

    told = {"seed": SEED, "accesses": sum(map(len, doing.account.values()))}
    grades = {"worst": max(whole), "mean": mean(whole), "worst of sentences alone": max(alone)}
    for name, figure in {**told, **grades}.items():
        record_property(name, figure)
    assert len(whole) == PEOPLE
    assert max(*whole, *alone) <= GRADE
    assert kinds_of(doing) == KINDS
