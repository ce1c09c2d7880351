"""P18: of a million decisions for many people in turn and at once, none is another person's.

From the token to the permit, over the memories of one worker, which all share. `SCR_PROVE_COUNT` sets how many
decisions, `SCR_PROVE_SEED` repeats a run.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from gateway.access.decision import AccessControl, Question
from gateway.access.permit import Permit, RefusalReason
from gateway.errors import NotAuthenticatedError
from gateway.identity import TOKENS_REMEMBERED, TokenVerifier
from rbac.canonical import length_prefixed
from rbac.decide import CompiledPolicy
from rbac.types import Level, OrganisationKind, Purpose
from tests.access.parts import VERSION, Parts, Registry, Row
from tests.patient.factories import NUMBER, PATIENT_ID, levels
from tests.tokens import GP, NURSE, token, verifier

COUNT = int(os.environ.get("SCR_PROVE_COUNT", "3000"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
AT_ONCE = 20
PEOPLE = min(1_000, max(50, COUNT // 100))
"""Six tokens each: in a full run more than a worker remembers."""

PROFILES = {"gp": GP["person_roleid"], "hospital_nurse": NURSE["person_roleid"]}
LEVELS = {"gp": levels(Level.ALL), "hospital_nurse": levels(Level.SUMMARY)}
KINDS = {"gp": OrganisationKind.GENERAL_PRACTICE, "hospital_nurse": OrganisationKind.TRUST}
TREAT, HOPERAT = Purpose.TREAT, Purpose.HOPERAT


@dataclass(frozen=True)
class User:
    """Somebody in one of their roles, and what must come of their asking about the person."""

    user_id: str
    role: str
    purposes: tuple[Purpose, ...]
    is_treating: bool
    token: str

    @property
    def outcome(self) -> object:
        if TREAT not in self.purposes:
            return RefusalReason.PURPOSE_NOT_ALLOWED
        if self.role == "hospital_nurse" and not self.is_treating:
            return RefusalReason.NO_RELATIONSHIP
        return (self.user_id, self.role, set(self.purposes), LEVELS[self.role])


def users() -> list[User]:
    """Make people who differ in one thing only: each has two roles, and three sets of purposes."""
    ways = product(range(PEOPLE), PROFILES, [(TREAT,), (TREAT, HOPERAT), (HOPERAT,)])
    return [made_up(f"u{number}", number % 2 == 0, *way) for number, *way in ways]


def made_up(user_id: str, is_treating: bool, role: str, purposes: tuple[Purpose, ...]) -> User:
    signed = token(sub=user_id, selected_roleid=PROFILES[role], purpose_of_use=list(purposes))
    return User(user_id, role, purposes, is_treating, signed)


class TwoRoles:
    """A policy of two roles, which see differently much."""

    compiled = CompiledPolicy(
        VERSION,
        {},
        0,
        {length_prefixed((role, kind, TREAT)): LEVELS[role] for role, kind in KINDS.items()},
    )

    async def active(self) -> CompiledPolicy:
        return self.compiled


@dataclass(frozen=True)
class Worker:
    """One worker's memories, and its decisions."""

    verifier: TokenVerifier
    access: AccessControl

    async def outcome(self, signed: str) -> object:
        try:
            principal = await self.verifier.principal(signed)
        except NotAuthenticatedError:
            return "nobody"
        decision = await self.access.decide(Question(principal, TREAT, NUMBER, PATIENT_ID))
        if not isinstance(decision, Permit):
            return decision.reason
        who = decision.principal
        return (who.user_id, who.role, set(who.purposes), decision.levels)


def worker_for(known: list[User]) -> Worker:
    treating = tuple(
        Row(user_id=each) for each in {one.user_id for one in known if one.is_treating}
    )
    without_scopes = verifier(needs_scopes=False)
    return Worker(without_scopes, Parts(TwoRoles(), Registry({NUMBER: treating})).access)


def spliced(one: User, other: User) -> str:
    """Put what one claims under what was signed for another."""
    return ".".join((*one.token.split(".")[:2], other.token.split(".")[2]))


async def test_p18_no_decision_is_another_persons(
    record_property: Callable[[str, object], None],
) -> None:
    chance, known = random.Random(SEED), users()
    worker, wrong = worker_for(known), 0
    for _batch in range(COUNT // AT_ONCE):
        asking = chance.choices(known, k=AT_ONCE)
        outcomes = await asyncio.gather(*(worker.outcome(each.token) for each in asking))
        wrong += sum(got != each.outcome for got, each in zip(outcomes, asking, strict=True))
    record_property("seed", SEED)
    record_property("decisions", COUNT)
    record_property("tokens", len(known))
    assert wrong == 0
    assert COUNT < 10**6 or len(known) > TOKENS_REMEMBERED


async def test_p18_what_is_remembered_of_two_tokens_serves_no_third_made_of_both() -> None:
    chance, known = random.Random(SEED), users()
    worker = worker_for(known)
    for _time in range(COUNT // 30):
        one, other = chance.sample(known, 2)
        assert await worker.outcome(one.token) == one.outcome
        assert await worker.outcome(other.token) == other.outcome

        assert await worker.outcome(spliced(one, other)) == "nobody"


async def test_p18_a_memory_that_knows_people_by_their_role_alone_is_found_out() -> None:
    known = users()
    worker = worker_for(known)
    of_role = {each.role: each for each in known}

    careless = [await worker.outcome(of_role[each.role].token) for each in known]

    assert any(got != each.outcome for got, each in zip(careless, known, strict=True))
