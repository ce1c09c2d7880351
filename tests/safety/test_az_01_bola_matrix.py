"""AZ-01: every user, every person, every route: what comes back is what the reference allows, and never more.

`SCR_PROVE_COUNT` sets how many cells are tried (each user and route at least once), `SCR_PROVE_SEED` repeats a choice.
"""

import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gateway.wiring import now
from tests.london import London, running_london
from tests.promised import PROMISES
from tests.safety.bola_callers import Callers, Watched
from tests.safety.bola_planning import agree_on_feeds
from tests.safety.bola_routes import RULES, Cell, expected, is_denied
from tests.safety.bola_world import NOBODY, USERS, matrix_of
from tests.safety.every_route import every_route
from tests.stack import make_key_file, prepare_database, running_stack
from tests.stack_fixtures import compiled

__all__ = ["compiled"]

COUNT = int(os.environ.get("SCR_PROVE_COUNT", "0"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
_MANY_CLAIMS = 1_000
_WORDS = {401: "refused", 403: "refused", 404: "not found"}


@pytest.fixture(scope="module")
def watched() -> Watched:
    return Watched()


@pytest.fixture(scope="module")
def watched_london(watched: Watched) -> Iterator[London]:
    with running_london(around=watched.around) as running:
        yield running


@pytest.fixture
async def callers(
    watched_london: London, watched: Watched, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Callers]:
    template = tmp_path / "template.db"
    await prepare_database(template, watched_london, make_key_file(template.with_suffix(".keys")))
    folder = tmp_path / "stack"
    folder.mkdir()
    async with running_stack(
        watched_london, template, folder, compiled, self_claims_a_day=_MANY_CLAIMS
    ) as stack:
        await agree_on_feeds(stack)
        yield Callers(
            stack, watched, matrix_of(watched_london.cohort, watched_london.people, now())
        )


async def test_az_01_every_caller_gets_of_every_person_by_every_route_what_the_reference_allows(
    callers: Callers, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", SEED)
    users, routes = (*USERS, NOBODY), every_route(callers.stack)
    unruled = {(each.method, each.path) for each in routes} - RULES.keys()
    assert not unruled, (
        "say in RULES of tests/safety/bola_routes.py who may call these, and about whom"
    )
    cells, told, wrong = chosen(callers), Counter[str](), list[str]()

    for user in users:
        await callers.is_now(user)
        for cell in (each for each in cells if each.user == user):
            status, faults = await tried(callers, cell)
            told[_WORDS.get(status, "shown")] += 1
            route = f"{user} {cell.route.method} {cell.route.path}"
            wrong += [f"{route}: {status}, {fault}" for fault in faults]

    record_property("cells", told.total())
    record_property("of each answer", dict(sorted(told.items())))
    assert not wrong, f"{len(wrong)} differences, SCR_PROVE_SEED={SEED}:\n" + "\n".join(wrong[:200])
    assert told.total() >= COUNT
    assert {each.route for each in cells} == set(routes)
    assert len(users) * len(callers.matrix.people) * len(routes) >= PROMISES["AZ-01"].count
    assert {"shown", "refused", "not found"} <= set(told)


def chosen(callers: Callers) -> list[Cell]:
    """Choose cells: every one in a full run, else one person for every third pair of user and route."""
    chance, routes = Random(SEED), every_route(callers.stack)
    # What changes who is related to whom comes last, so that every other cell is asked of the world as it was.
    routes.sort(key=lambda each: each.path.startswith("/access"))
    people = callers.matrix.people
    return [
        Cell(user, number, route)
        for place, user in enumerate((*USERS, NOBODY))
        for turn, route in enumerate(routes, place + SEED)
        for number in (people if COUNT else chance.sample(people, turn % 3 == 0))
    ]


async def tried(callers: Callers, cell: Cell) -> tuple[int, list[str]]:
    """Try one cell; give the status, and all that is wrong with the answer."""
    cell = await callers.with_item(cell)
    allowed = expected(callers.matrix, cell)
    callers.watched.asked.clear()
    answer = await callers.send(cell)
    is_denial = is_denied(callers.matrix, cell)
    # Of a denial nobody learns anything: no source was asked, no name is told, and nothing tells 404 from 404.
    checks = {
        f"not in {sorted(allowed)}": answer.status_code not in allowed,
        "a source of records was asked": is_denial and bool(callers.watched.clinical()),
        "the person is named": is_denial and callers.tells_of(cell.number, answer),
        "not the one not-found answer": answer.status_code == 404
        and is_denial
        and not callers.is_uniform(answer),
    }
    callers.remember(cell, answer)
    return answer.status_code, [fault for fault, is_wrong in checks.items() if is_wrong]
