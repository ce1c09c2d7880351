"""P02: of random worlds the service decides as the independent reference does, from the caller to every level.

The service's own database, registry, agreements and policy decide; the reference knows nothing of them. Where the
two read the requirements differently, `tests/reference/settled.py` says which reading stands, and why.
`SCR_PROVE_WHOLE` sets how many decisions of both seeds together are compared, `SCR_PROVE_SEED` the second seed.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import pytest

from fhir_profiles.vocabulary import Category, Label
from gateway.store.migrate import upgrade
from rbac.bars import CARE_PURPOSES, EMERGENCY_PURPOSES
from rbac.decide import CompiledPolicy, Scope, compile_policy
from rbac.policy import load_default, policy_of
from rbac.types import Act, Effect, Level, Policy, Purpose, Rule
from tests.differential.asked_of_both import Asking, compared
from tests.differential.kept_world import Clock, access_to
from tests.differential.random_policies import as_rows, random_policy
from tests.differential.random_worlds import KINDS, NOW, NUMBERS, PURPOSES, random_town, session_of
from tests.differential.seeds import SEEDS, chances, count
from tests.reference.policy_evaluator import PolicyIndex
from tests.reference.relationships import SELF_CLAIM, expires_at
from tests.reference.settled import SETTLED
from tests.reference.world import World

COUNT = count("SCR_PROVE_WHOLE", 800) // len(SEEDS)
PER_WORLD = 50
_COMMON_ENDS = {"record 8 released", "record 4 no relationship", "break-glass 8 granted"}
_EVERY_END = _COMMON_ENDS | {
    "record 1 no active role",
    "record 2 purpose not allowed for role",
    "record 2 no agreement for this purpose",
    "record 2 emergency without break-glass",
    "record 3 identity cannot be checked",
    "record 3 no such person, or legal hold",
    "record 5 sharing restricted",
    "record 6 nothing for this role",
    "find 8 released",
    "break-glass 6 second step before the first",
}
"""What must have come of some question in a full run, so that no end is left out by chance; a slice has the first."""


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty database to copy; nothing is hurried, however slow the machine."""
    monkeypatch.setattr("gateway.access.guarded.STUCK_AFTER_SECONDS", 60.0)
    upgrade(f"sqlite:///{tmp_path / 'fresh.db'}")
    return tmp_path / "fresh.db"


@pytest.mark.parametrize("seed", SEEDS)
def test_p02_whole_decisions_about_random_worlds_are_those_of_the_reference(
    seed: int, fresh: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", seed)
    chance, told = chances(seed, "worlds"), Counter[str]()

    for number in range(-(-COUNT // PER_WORLD)):
        told += asyncio.run(_of_one_world(chance, fresh, number))

    record_property("whole decisions", told.total())
    record_property("of each end", dict(sorted(told.items())))
    assert told.total() >= COUNT
    assert set(told) >= (_EVERY_END if COUNT >= 10_000 else _COMMON_ENDS)


async def _of_one_world(chance: Random, fresh: Path, number: int) -> Counter[str]:
    town, told, clock = random_town(chance), Counter[str](), Clock()
    compiled, rows = _policy(chance, town.world)
    town = replace(town, world=replace(town.world, rows=rows))
    database, moments = fresh.with_name(f"{number}.db"), tuple(_moments(town.world))
    shutil.copy(fresh, database)
    async with access_to(town, compiled, database, clock) as access:
        for _question in range(PER_WORLD):
            asking = _asking(chance, town.world, moments)
            clock.now = asking.at
            told[await compared(chance, town, access, asking)] += 1
    database.unlink()
    return told


def _asking(chance: Random, world: World, moments: Sequence[datetime]) -> Asking:
    # Most ask for what they need: what is refused at the door says little of what comes after.
    is_plain = chance.random() < 0.85
    member = chance.choice(world.staff)
    profile, tab = chance.choice(member.profiles), int(chance.random() < 0.1)
    kind = chance.choices(("record", "find", "break-glass"), (16, 2, 3))[0]
    patient, session = chance.choice(NUMBERS), session_of(member.user, profile, tab)
    token = _token(chance, is_plain=is_plain)
    named = chance.choice(("TREAT", "TREAT", "TREAT", "ETREAT", "ETREAT", "BTG"))
    named = chance.choice(("ETREAT", "BTG")) if kind == "break-glass" else named
    if is_plain and chance.random() < 0.6:
        patient = chance.choice([*_known_at(world, profile.organisation), patient])
    grants = [each for each in world.grants if each.user == member.user]
    if is_plain and grants and kind != "find" and named != "TREAT":
        grant = chance.choice(grants)
        patient, session = grant.patient, grant.session
        profile = next(each for each in member.profiles if session.split()[2] == each.organisation)
    return Asking(
        kind,
        member.user,
        profile,
        session,
        token,
        _named(chance, named, is_plain=is_plain),
        patient,
        NOW if is_plain and chance.random() < 0.6 else chance.choice(moments),
    )


def _known_at(world: World, organisation: str) -> Iterator[str]:
    """Give the people of whom an organisation was ever told that they are its own."""
    yield from (each.patient for each in world.relationships if each.organisation == organisation)
    yield from (each.id for each in world.people if each.registered_practice == organisation)


def _token(chance: Random, *, is_plain: bool) -> frozenset[str]:
    if is_plain:
        return frozenset({"TREAT", "ETREAT"})
    return frozenset(chance.sample(PURPOSES, chance.randint(1, 3)))


def _named(chance: Random, purpose: str, *, is_plain: bool) -> tuple[str, ...]:
    if is_plain:
        return (purpose,)
    return chance.choice(((), (purpose,), tuple(chance.sample(PURPOSES, 2)), ("HSYSADMIN",)))


def _moments(world: World) -> Iterator[datetime]:
    """Give the instants at which something begins or ends, and those beside them."""
    ends = [NOW, *(expires_at(each) for each in world.relationships)]
    ends += [each.start + SELF_CLAIM for each in world.self_claims]
    ends += [each.start + timedelta(minutes=60) for each in world.grants]
    ends += [each.end + timedelta(hours=72) for each in world.encounters if each.end]
    ends += [moment for each in world.agreements for moment in (each.start, each.end)]
    ends += [each.start for each in (*world.relationships, *world.encounters, *world.grants)]
    for end in ends:
        if end is not None:
            yield from (end - timedelta(microseconds=1), end, end + timedelta(microseconds=1))


@cache
def _default() -> tuple[CompiledPolicy, PolicyIndex]:
    return _both(load_default())


def _both(policy: Policy) -> tuple[CompiledPolicy, PolicyIndex]:
    return compile_policy(policy), as_rows(policy)


def _policy(chance: Random, world: World) -> tuple[CompiledPolicy, PolicyIndex]:
    if chance.random() < 0.5:
        return _default()
    scopes = [
        Scope(profile.role, KINDS[profile.organisation], purpose)
        for member in world.staff
        for profile in member.profiles
        for purpose in sorted(CARE_PURPOSES)
        if chance.random() < 0.9
    ]
    drawn = random_policy(chance, scopes)
    needed = (rule for scope in scopes for rule in _needed(chance, scope))
    return _both(policy_of([*drawn.rules, *needed]))


def _needed(chance: Random, scope: Scope) -> Iterator[Rule]:
    """Give rows without which a scope mostly shows nothing, each of them now and then."""
    wanted = [(Act.VIEW, Category.DEMOGRAPHICS), (Act.SEARCH, Category.DEMOGRAPHICS)]
    if scope.purpose in EMERGENCY_PURPOSES:
        wanted += [(Act.BREAK_GLASS, chance.choice(list(Category)))]
    for act, category in wanted:
        if chance.random() < 0.7:
            yield Rule(
                scope.role,
                scope.organisation_kind,
                category,
                Label.NORMAL,
                Purpose(scope.purpose),
                act,
                Level.ALL,
                Effect.ALLOW,
            )


def test_every_settled_reading_has_a_name_a_sentence_and_a_reason() -> None:
    assert len({each.name for each in SETTLED}) == len(SETTLED)
    assert all(each.sentence and each.settled and each.reason for each in SETTLED)
