"""What lets people in and keeps them out, in a history: suspensions, agreements, broken glass, claims.

Each rule changes the deployment and the model alike, or both refuse it for the same reason.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, multiple, rule

from gateway.access.agreement_registry import AgreementRegistry, Signatures
from gateway.audit.staff_acts import StaffRestored, StaffSuspended
from gateway.demo.agreement import INVENTED_AGREEMENT
from gateway.store.agreements import Agreement, Terms
from gateway.store.break_glass import Grant
from gateway.store.claims import Claim
from gateway.store.staff_suspensions import EVERY_PROFILE, StaffSuspension, restore, suspend
from gateway.store.words import DataItem
from rbac.types import Purpose
from tests.races.deployment import AGREED
from tests.races.lives import PROFILES, Lives, Token
from tests.races.model import CLAIM_LASTS, NEVER, UNAVAILABLE, Agreed, Glass, Tie
from tests.races.pleas import break_glass, claim, end_emergency
from tests.races.sights import BTG, EMERGENCY, ETREAT, TREAT

SIGNED = Signatures("test", "test")
CARE = frozenset({TREAT, *EMERGENCY})
EVERYTHING, NAMES_ALONE = frozenset(DataItem), frozenset({DataItem.NAME_CONTACT_AGE})

workers = st.integers(0, 1)
users = st.sampled_from(["u1", "u2"])
profiles = st.sampled_from([None, *sorted(PROFILES)])


class Permissions(Lives):
    """Histories in which rights are given and taken away."""

    tokens = Lives.tokens
    agreements, glass = Bundle("agreements"), Bundle("glass")

    def __init__(self) -> None:
        super().__init__()
        beginning = self.model.now
        self.model.agreements[INVENTED_AGREEMENT] = Agreed(
            frozenset(AGREED), CARE | {"HOPERAT"}, True, beginning, NEVER
        )

    # Staff

    @rule(user=users, role=profiles)
    def somebody_is_suspended(self, user: str, role: str | None) -> None:
        self.run(self._suspending(user, role))
        self.model.suspended.add((user, role))

    @rule(user=users, role=profiles)
    def somebody_is_restored(self, user: str, role: str | None) -> None:
        async def restoring() -> None:
            event = StaffRestored(self.model.now, "test", user, _profile(role))
            async with self.workers[0].services.log.recorded(event) as session:
                await session.do(restore, user, _profile(role))

        self.run(restoring())
        self.model.suspended.discard((user, role))

    @rule()
    def all_are_restored(self) -> None:
        for user, role in sorted(self.model.suspended, key=str):
            self.somebody_is_restored(user, role)

    async def _suspending(self, user: str, role: str | None) -> None:
        now, profile = self.model.now, _profile(role)
        event = StaffSuspended(now, "test", user, profile, "a trial")
        async with self.workers[0].services.log.recorded(event) as session:
            await session.do(suspend, StaffSuspension(user, profile, now, "test", "a trial"))

    # Agreements

    @rule(
        target=agreements,
        parties=st.sampled_from([("F84004", "RRV"), ("F84004", "RRV"), ("F84004",), ("RRV",)]),
        purposes=st.sampled_from([CARE, CARE, frozenset({TREAT}), EMERGENCY]),
        items=st.sampled_from([EVERYTHING, EVERYTHING, NAMES_ALONE]),
        begins_in=st.sampled_from([timedelta(0), timedelta(0), timedelta(hours=1)]),
        lasts=st.sampled_from([timedelta(hours=1), timedelta(days=30)]),
    )
    def an_agreement_is_signed(
        self,
        parties: tuple[str, ...],
        purposes: frozenset[str],
        items: frozenset[DataItem],
        begins_in: timedelta,
        lasts: timedelta,
    ) -> str:
        agreement, starts_at = str(uuid4()), self.model.now + begins_in
        named = frozenset(Purpose(each) for each in purposes)
        terms = Terms(agreement, items, named, starts_at, starts_at + lasts)
        kept = Agreement(terms, parties, starts_at, "test", "test", self.model.now)
        self.run(self._registry.add(kept, SIGNED))
        self.model.agreements[agreement] = Agreed(
            frozenset(parties), purposes, items == EVERYTHING, starts_at, starts_at + lasts
        )
        return agreement

    @rule(agreement=st.one_of(consumes(agreements), st.just(INVENTED_AGREEMENT)))
    def an_agreement_ends(self, agreement: str) -> None:
        if self._may_end(agreement):
            self.run(self._registry.end(agreement, self.model.now, "test"))
            self._has_ended(agreement)

    def _may_end(self, agreement: str) -> bool:
        return self.model.now < self.model.agreements[agreement].ends_at

    def _has_ended(self, agreement: str) -> None:
        ended = replace(self.model.agreements[agreement], ends_at=self.model.now)
        self.model.agreements[agreement] = ended

    @property
    def _registry(self) -> AgreementRegistry:
        return AgreementRegistry(self.workers[1].services.log, self.clock)

    # Emergencies

    @rule(target=glass, which=workers, asks=tokens, step=st.sampled_from([ETREAT, ETREAT, BTG]))
    def somebody_breaks_the_glass(self, which: int, asks: Token, step: str):
        expected = self.model.outcome_of_breaking(asks.holder, step)
        first = self.model.open_glass(asks.holder, ETREAT)
        done = self.run(break_glass(self.workers[which], asks.text, step))

        assert done.outcome == expected, f"{done.outcome}, not {expected}"
        if not isinstance(done.left, Grant):
            return multiple()
        self._is_broken(asks, done.left, first)
        return done.left.id

    def _is_broken(self, asks: Token, grant: Grant, first: dict[UUID, Glass]) -> None:
        # A second step goes on from any first one that is open for as long as it is itself.
        assert grant.first_step is None or first[grant.first_step].ends_at == grant.ends_at
        holder = asks.holder
        self.model.glass[grant.id] = Glass(
            holder.user_id,
            holder.role,
            holder.session,
            grant.step.value,
            grant.ends_at,
            grant.first_step,
        )
        self.counted["grants"] += 1

    @rule(which=workers, asks=tokens, broken=glass)
    def somebody_ends_an_emergency(self, which: int, asks: Token, broken: UUID) -> None:
        expected = self.model.outcome_of_ending(asks.holder, broken)
        done = self.run(end_emergency(self.workers[which], asks.text, broken))

        assert done.outcome == expected, f"{done.outcome}, not {expected}"
        if expected == "ended":
            self.model.ends_glass(broken)

    # Claims

    @rule(which=workers, asks=tokens)
    def somebody_claims_a_relationship(self, which: int, asks: Token) -> None:
        expected = self.model.outcome_of_claiming(asks.holder)
        done = self.run(claim(self.workers[which], asks.text))

        assert done.outcome == expected, f"{done.outcome}, not {expected}"
        if isinstance(done.left, Claim):
            now, holder = self.model.now, asks.holder
            tie = Tie(holder.organisation, holder.user_id, now, now + CLAIM_LASTS, is_claimed=True)
            self.model.ties[done.left.id] = tie
            self.model.claims.append((holder.user_id, now))
            self.counted["claims"] += 1

    # While somebody asks

    @rule(asks=tokens, role=profiles, purpose=st.sampled_from([TREAT, ETREAT]))
    def somebody_asks_while_being_suspended(
        self, asks: Token, role: str | None, purpose: str
    ) -> None:
        before = self.model.outcome(asks.holder, purpose)
        user = asks.holder.user_id
        outcomes = self._asked_during(self._suspending(user, role), asks, purpose)
        self.model.suspended.add((user, role))

        self._must_be_between(before, outcomes, asks, purpose)

    @rule(asks=tokens, purpose=st.sampled_from([TREAT, ETREAT]), agreement=consumes(agreements))
    def somebody_asks_while_an_agreement_ends(
        self, asks: Token, purpose: str, agreement: str
    ) -> None:
        if not self._may_end(agreement):
            return
        before = self.model.outcome(asks.holder, purpose)
        ending = self._registry.end(agreement, self.model.now, "test")
        outcomes = self._asked_during(ending, asks, purpose)
        self._has_ended(agreement)

        self._must_be_between(before, outcomes, asks, purpose)

    def _asked_during(self, doing: Awaitable[None], asks: Token, purpose: str) -> list[str]:
        asked = [each.ask(asks.text, Purpose(purpose)) for each in self.workers * 2]
        _done, *outcomes = self.run(asyncio.gather(doing, *asked))
        return outcomes

    def _must_be_between(self, before: str, outcomes: list[str], asks: Token, purpose: str) -> None:
        after = self.model.outcome(asks.holder, purpose)

        assert set(outcomes) <= {before, after, UNAVAILABLE}, (before, outcomes, after)
        # Whoever asks from now on, by whichever worker, is answered by what holds now.
        for worker in self.workers:
            assert self.run(worker.ask(asks.text, Purpose(purpose))) == after, after


def _profile(role: str | None) -> str:
    return EVERY_PROFILE if role is None else PROFILES[role]["person_roleid"]
