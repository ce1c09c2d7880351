"""Let people at the desk of releases do what `gateway/access` permits; each decision is on record before its effect.

Decides nothing itself. Who comes for the purpose of administration is one of those who review; everybody else stands for the
organisation that receives, and another's release is to them as none at all. Who says what they come for is let in for that
alone; who says nothing, for what the release is for. docs/decisions/0040.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import NoReturn, Protocol
from uuid import UUID

from gateway.access.asking import Decided, asked_row
from gateway.access.feeding import FEED_PURPOSES, FeedPermit, FeedWanted
from gateway.access.guarded import CallSite, asked
from gateway.access.permit import Refusal, RefusalReason, Reviewing, ReviewPermit
from gateway.audit.acts import AskedAct, Disclosed, DisclosureOutcome
from gateway.audit.log import AuditLog
from gateway.errors import NotFoundError, RefusedError, UnavailableError
from gateway.identity import Principal
from gateway.population.releases.agreed import AgreedReleases
from gateway.store.releases import Release
from rbac.types import Purpose

NO_SUCH_RELEASE = "There is no such release."


class Caller(Protocol):
    """Who asks, what for, and under which request id."""

    @property
    def principal(self) -> Principal: ...
    @property
    def purpose(self) -> Purpose | None: ...
    @property
    def request_id(self) -> str: ...


class Reviewers(Protocol):
    """Decides who may look at, or settle, what waits for a privacy officer."""

    async def review_permit(
        self, principal: Principal, purpose: Purpose | None, reviewing: Reviewing
    ) -> ReviewPermit | Refusal: ...


@dataclass(frozen=True, slots=True)
class Admitted:
    """A decision by which somebody is let in, and the policy version that it was made under."""

    decision_id: UUID
    policy_version: str


@dataclass(frozen=True, slots=True)
class Admission:
    """Asks for permits, and writes rows A and B; `permits` says what a release is made of."""

    permits: AgreedReleases
    reviewers: Reviewers
    log: AuditLog
    clock: Callable[[], datetime]

    async def of_recipient(
        self, who: Caller, act: AskedAct, feed: FeedWanted | None, about: Mapping[str, str]
    ) -> Admitted:
        """Let a planner have to do with what is given to their organisation; None stands for a release that is not there.

        Raises NotFoundError alike for what is not there and what is another's; RefusedError to whom nothing is ever
        given; UnavailableError.
        """
        let_in = await self._before_deciding()
        decision = None if feed is None else await self._decided(who, feed)
        if isinstance(decision, FeedPermit):
            assert feed is not None  # nothing was decided about none
            await self._admit(who, act, feed, let_in, about)
            return let_in
        coming = who if feed is None else _coming_for(who, feed.purpose)
        against = decision if _is_doubt(decision) else await self._against(who)
        if against is not None:
            await self._refuse(coming, act, against, about)
        if decision is not None:
            await self._record(coming, act, decision, about)
        raise NotFoundError(NO_SUCH_RELEASE)

    async def of_agreed(
        self, who: Caller, act: AskedAct, feed: FeedWanted, about: Mapping[str, str]
    ) -> Admitted:
        """Let a planner ask for a release of a feed, or be told as numbers what it is made of.

        Raises RefusedError, UnavailableError.
        """
        let_in = await self._before_deciding()
        decision = await self._decided(who, feed)
        if isinstance(decision, Refusal):
            await self._refuse(_coming_for(who, feed.purpose), act, decision, about)
        await self._admit(who, act, feed, let_in, about)
        return let_in

    async def of_anybody_given_to(self, who: Caller) -> Admitted:
        """Let in a planner to whose organisation something is given.

        Raises RefusedError, UnavailableError.
        """
        let_in = await self._before_deciding()
        against = await self._against(who)
        if against is not None:
            await self._refuse(who, AskedAct.REVIEW, against, {})
        await self._record(who, AskedAct.REVIEW, let_in, {})
        return let_in

    async def of_no_purpose(self, who: Caller) -> NoReturn:
        """Refuse somebody who says that they come for what is no purpose.

        Raises RefusedError, UnavailableError.
        """
        await self._refuse(who, AskedAct.REVIEW, _for_another(await self._before_deciding()), {})

    async def of_reviewer(self, who: Caller, about: Mapping[str, str]) -> Admitted:
        """Let somebody look who may look at what waits for a privacy officer.

        Raises RefusedError, UnavailableError.
        """
        found = await self.reviewers.review_permit(who.principal, who.purpose, Reviewing.LOOK)
        if isinstance(found, Refusal):
            await self._refuse(who, AskedAct.REVIEW, found, about)
        await self._record(who, AskedAct.REVIEW, found, about)
        return Admitted(found.decision_id, found.policy_version)

    async def to_settle(
        self, who: Caller, release: Release | None, about: Mapping[str, str]
    ) -> None:
        """Let somebody agree to, or end, what somebody else asked for; None stands for a release that is not there.

        Raises RefusedError; NotFoundError, to those alone who may settle at all; UnavailableError.
        """
        settling = await self.reviewers.review_permit(who.principal, who.purpose, Reviewing.SETTLE)
        if isinstance(settling, Refusal):
            await self._refuse(who, AskedAct.RELEASE, settling, about)
        if release is None:
            raise NotFoundError(NO_SUCH_RELEASE)
        found = await self.permits.access.approvers_permit(
            who.principal, who.purpose, self.feed_of(release), release.request.requested_by
        )
        if isinstance(found, Refusal):
            await self._refuse(who, AskedAct.RELEASE, found, about)
        await self._record(who, AskedAct.RELEASE, settling, about)

    async def permits_of(self, who: Caller, feeds: frozenset[FeedWanted]) -> frozenset[FeedWanted]:
        """Give those feeds that a planner may have to do with, each decided by itself; nothing of it is on record."""
        meant = [each for each in feeds if who.purpose in {None, each.purpose}]
        decided = {each: await self._decided(who, each) for each in meant}
        return frozenset(each for each, found in decided.items() if isinstance(found, FeedPermit))

    async def shown(
        self, who: Caller, admitted: Admitted, count: int, what: str = "releases"
    ) -> None:
        """Record what is about to be shown, and how much of it.

        Raises UnavailableError.
        """
        row_b = Disclosed(
            decision_id=admitted.decision_id,
            at=self.clock(),
            user_id=who.principal.user_id,
            patient=None,
            outcome=DisclosureOutcome.DISCLOSED if count else DisclosureOutcome.NOTHING,
            sources={},
            shown={what: count},
            withheld={},
        )
        await asked(CallSite.AUDIT_DISCLOSED, partial(self.log.append, row_b), int)

    def feed_of(self, release: Release) -> FeedWanted:
        """Say what a release gives, to whom."""
        it = release.request
        return self.permits.wanted(it.dataset, it.project, it.recipient, it.purpose_of_use)

    async def _decided(self, who: Caller, feed: FeedWanted) -> FeedPermit | Refusal:
        return await self.permits.access.recipients_permit(who.principal, feed)

    async def _admit(
        self,
        who: Caller,
        act: AskedAct,
        feed: FeedWanted,
        let_in: Admitted,
        about: Mapping[str, str],
    ) -> None:
        """Record that somebody is let in who may be, if what they come for is what the feed is for."""
        if who.purpose not in {None, feed.purpose}:
            await self._refuse(who, act, _for_another(let_in), about)
        await self._record(_coming_for(who, feed.purpose), act, let_in, about)

    async def _against(self, who: Caller) -> Refusal | None:
        """Say why a planner may be given nothing of all that agreements name for their organisation."""
        agreements, organisation = self.permits.access.agreements, who.principal.organisation
        found = await asked(CallSite.AGREEMENTS, partial(agreements.feeds, organisation), tuple)
        named = {(each.feed.dataset, each.feed.project) for each in found}
        against = None
        for purpose in _purposes_of(who):
            # What nobody names is asked about last: it tells those why to whom no agreement gives anything.
            for dataset, project in (*sorted(named), ("", "")):
                wanted = self.permits.wanted(dataset, project, organisation, purpose)
                decision = await self._decided(who, wanted)
                if isinstance(decision, FeedPermit):
                    return None
                against = against or decision
        return against

    async def _before_deciding(self) -> Admitted:
        # Read first: if the policy changes meanwhile, the audit refuses the row, and nothing is given.
        access = self.permits.access
        return Admitted(access.new_id(), (await access.policies.active()).version)

    async def _refuse(
        self, who: Caller, act: AskedAct, refusal: Refusal, about: Mapping[str, str]
    ) -> NoReturn:
        await self._record(who, act, refusal, about)
        if _is_doubt(refusal):
            raise UnavailableError("A check that the decision rests on could not be made.")
        raise RefusedError(refusal.told, "The request was refused.")

    async def _record(
        self, who: Caller, act: AskedAct, decision: Decided, about: Mapping[str, str]
    ) -> None:
        row_a = asked_row(
            act,
            decision,
            who.principal,
            request_id=who.request_id,
            purpose=who.purpose,
            patient=None,
            at=self.clock(),
        )
        row_a = replace(row_a, details={**row_a.details, **about})
        await asked(CallSite.AUDIT_ASKED, partial(self.log.append, row_a), int)


@dataclass(frozen=True, slots=True)
class _Coming:
    """A caller who said no purpose, and comes for the one that what they ask for has."""

    principal: Principal
    purpose: Purpose | None
    request_id: str


def _coming_for(who: Caller, purpose: Purpose) -> Caller:
    return who if who.purpose is not None else _Coming(who.principal, purpose, who.request_id)


def _for_another(let_in: Admitted) -> Refusal:
    why = RefusalReason.PURPOSE_NOT_ALLOWED
    return Refusal(let_in.decision_id, why, let_in.policy_version)


def _is_doubt(decision: object) -> bool:
    return isinstance(decision, Refusal) and decision.reason is RefusalReason.CHECK_FAILED


def _purposes_of(who: Caller) -> tuple[Purpose, ...]:
    """Give the purposes that somebody may have come for: the one that they say, or those of planning that they hold."""
    if who.purpose is not None:
        return (who.purpose,)
    return tuple(sorted(who.principal.purposes & FEED_PURPOSES)) or (Purpose.PUBHLTH,)
