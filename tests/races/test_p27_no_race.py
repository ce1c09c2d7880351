"""P27: however sign-in, relationships, objections, agreements, suspensions, emergencies, claims, changes of policy,
caches and the clock meet, nobody sees too much.

Two workers over one database are held against a small model after every step. `SCR_PROVE_COUNT` sets how many
histories of 50 steps are lived through, `SCR_PROVE_SEED` repeats a run.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import consumes, invariant, multiple, rule, run_state_machine_as_test

from rbac.types import Purpose
from tests.patience import be_patient
from tests.races.deployment import ADMINISTRATORS, GUARDIAN, Clock, Worker, audit_of, prepare
from tests.races.lives import BEGINNING, Lives, Token
from tests.races.model import UNAVAILABLE
from tests.races.permissions import Permissions
from tests.races.sights import EMERGENCY, SIGHTS, Sight, policy_of_sight
from tests.shares import SHARE, SHARES

COUNT = int(os.environ.get("SCR_PROVE_COUNT", "12"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
STEPS = 50

workers = st.integers(0, 1)
purposes = st.sampled_from(
    [*[Purpose.TREAT] * 4, *[Purpose.ETREAT] * 3, *[Purpose.BTG] * 2, Purpose.HOPERAT]
)
people = st.sampled_from(ADMINISTRATORS)
approvers = st.sampled_from([*ADMINISTRATORS, GUARDIAN, GUARDIAN])
sights = st.sampled_from(SIGHTS)


@dataclass
class Change:
    """A draft of the policy, as the model knows it."""

    id: UUID
    sight: Sight
    based_on: Sight
    author: str
    approver: str | None = None
    is_used: bool = False


class Races(Permissions):
    """Histories in which people ask while others change the policy."""

    tokens, ties, changes = Lives.tokens, Lives.ties, Lives.changes

    def __init__(self) -> None:
        super().__init__()
        self.turns = cycle(product((0, 1), (0, 1, 2), (Purpose.TREAT, Purpose.ETREAT)))

    # Asking

    @rule(which=workers, asks=tokens, purpose=purposes)
    def somebody_asks(self, which: int, asks: Token, purpose: Purpose) -> None:
        self._somebody_asks(self.workers[which], asks, purpose)

    def _somebody_asks(self, worker: Worker, asks: Token, purpose: Purpose) -> None:
        self._count(1)
        outcome = self.run(worker.ask(asks.text, purpose))

        assert outcome == self.model.outcome(asks.holder, purpose)
        if purpose in EMERGENCY and outcome.endswith("hospital"):
            self.counted["in an emergency"] += 1

    @rule(one=tokens, other=tokens)
    def two_ask_at_once(self, one: Token, other: Token) -> None:
        self._count(4)
        asking = [(worker, asks) for worker in self.workers for asks in (one, other)]
        outcomes = self.run(
            asyncio.gather(*(worker.ask(asks.text, Purpose.TREAT) for worker, asks in asking))
        )

        assert outcomes == [
            self.model.outcome(asks.holder, Purpose.TREAT) for _worker, asks in asking
        ]

    @invariant()
    def another_asks_after_every_step(self) -> None:
        worker, asks, purpose = next(self.turns)
        self._somebody_asks(self.workers[worker], self.lasting[asks], purpose)

    @rule(which=workers)
    def a_worker_starts_anew(self, which: int) -> None:
        self.run(self.workers[which].services.aclose())
        self.workers[which] = self._opened()

    # Changing the policy

    @rule(target=changes, which=workers, author=people, sight=sights)
    def a_change_is_proposed(self, which: int, author: str, sight: Sight) -> Any:
        active = self.model.sight
        if sight == active:
            return multiple()
        before, after = policy_of_sight(active), policy_of_sight(sight)
        draft = self.run(self.workers[which].propose(author, before, after))
        return Change(draft, sight, active, author)

    @rule(which=workers, change=changes, who=approvers)
    def somebody_approves(self, which: int, change: Change, who: str) -> None:
        opens_an_emergency = change.sight.shows_more_than(
            change.based_on, in_emergencies_alone=True
        )
        may = (
            who != change.author
            and (who == GUARDIAN or not opens_an_emergency)
            and change.approver is None
            and change.based_on == self.model.sight
            and not change.is_used
        )

        assert self.run(self.workers[which].approve(who, change.id)) == may

        change.approver = who if may else change.approver

    @rule(which=workers, change=changes, who=people)
    def somebody_activates(self, which: int, change: Change, who: str) -> None:
        may = self._may_activate(change)

        assert self.run(self.workers[which].activate(who, change.id)) == may

        if may:
            self._is_activated(change)

    @rule(which=workers, who=people, sight=sights)
    def somebody_goes_back(self, which: int, who: str, sight: Sight) -> None:
        active = self.model.sight
        may = sight in self.was_active and not sight.shows_more_than(active)
        versions = policy_of_sight(sight).version, policy_of_sight(active).version

        assert self.run(self.workers[which].roll_back(who, *versions)) == may

        if may:
            self.model.sight = sight

    def _may_activate(self, change: Change) -> bool:
        is_current = change.based_on == self.model.sight
        return change.approver is not None and is_current and not change.is_used

    def _is_activated(self, change: Change) -> None:
        change.is_used = True
        self.model.sight = change.sight
        self.was_active.append(change.sight)

    # Both at once

    @rule(change=changes, asks=tokens, which=workers)
    def somebody_asks_while_the_policy_changes(
        self, change: Change, asks: Token, which: int
    ) -> None:
        may, holder = self._may_activate(change), asks.holder
        before = self.model.outcome(holder, Purpose.TREAT)
        doing = self.workers[which].activate(ADMINISTRATORS[0], change.id)
        done, *outcomes = self.run(
            asyncio.gather(
                doing, *(each.ask(asks.text, Purpose.TREAT) for each in self.workers * 2)
            )
        )
        if may:
            self._is_activated(change)

        assert done == may
        assert set(outcomes) <= {before, self.model.outcome(holder, Purpose.TREAT), UNAVAILABLE}
        # Whoever asks from now on, by whichever worker, is answered under what decides now.
        self.two_ask_at_once(asks, asks)

    @rule(one=consumes(changes), other=changes)
    def two_activate_at_once(self, one: Change, other: Change) -> None:
        may = [self._may_activate(each) for each in (one, other)]
        doing = [
            worker.activate(who, each.id)
            for worker, who, each in zip(self.workers, ADMINISTRATORS, (one, other), strict=True)
        ]
        done = self.run(asyncio.gather(*doing))

        assert sum(done) == any(may)
        assert all(was or not did for was, did in zip(may, done, strict=True))
        for change, did in zip((one, other), done, strict=True):
            if did:
                self._is_activated(change)

    # What the audit says in the end

    def teardown(self) -> None:
        rows = self.run(audit_of(self.workers[0]))
        super().teardown()
        version, decided = None, set()
        for row in rows:
            if row["action"] == "policy-activated":
                version = row["version"]
            if row["action"] == "asked":
                assert row["policy_version"] == version
                decided.add(row["decision_id"])
            if row["action"] == "disclosed":
                assert row["decision_id"] in decided

    def _count(self, questions: int) -> None:
        self.counted["questions"] += questions


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prepare a deployment whose clock is the test's, and which never hurries."""
    clock = Clock(BEGINNING)
    be_patient(monkeypatch)
    Races.clock, Races.counted = clock, Counter()
    Races.prepared = asyncio.run(prepare(tmp_path, SIGHTS[0], clock))


def test_p27_no_history_shows_anybody_more_than_the_model(
    prepared: None, record_property: Callable[[str, object], None]
) -> None:
    lived = settings(
        max_examples=-(-COUNT // SHARES),
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )

    run_state_machine_as_test(seed(f"{SEED}|{SHARE}")(Races), settings=lived)

    record_property("seed", SEED)
    for what, how_often in Races.counted.items():
        record_property(what, how_often)
    assert Races.counted["questions"] > COUNT // SHARES
