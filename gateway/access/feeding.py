"""Decide who may have what pulled and released for planning: the only maker of a FeedPermit.

Opens nobody's record, and makes no file. An agreement in force must name dataset, project and recipient; the policy's rows
must let the caller's role take every category that the dataset is made of. docs/decisions/0038.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from fhir_profiles.vocabulary import Category
from gateway.access.agreed_ground import agreed_ground
from gateway.access.agreements import AgreementRow, coverage_of, in_force
from gateway.access.granting import is_for_records_alone
from gateway.access.guarded import CallSite, asked, told
from gateway.access.holds import may_review
from gateway.access.permit import Refusal, RefusalReason, Reviewing
from gateway.access.role_ground import Ground, Policies, role_ground
from gateway.access.staff import Staff
from gateway.errors import UnavailableError
from gateway.identity import Principal
from gateway.store.agreement_feeds import AgreedFeed, Feed
from rbac.decide import CompiledPolicy
from rbac.types import Act, Purpose

FEED_PURPOSES = frozenset({Purpose.PUBHLTH, Purpose.HOPERAT, Purpose.HRESCH})

FEED_PERMIT_LASTS = timedelta(hours=24)
"""Judgement: longer than a pull or a release of all London takes; what takes longer is decided anew."""

_NO_PROFILE = ""
"""Of who stands for a release only the name is on record: a suspension in every role is what counts then."""

Refusing = Callable[[RefusalReason], Refusal]


class FeedAgreements(Protocol):
    """Where agreements, and the feeds that they name, are read anew for each decision."""

    async def of(self, organisation: str) -> tuple[AgreementRow, ...]: ...
    async def feeds(self, recipient: str) -> tuple[AgreedFeed, ...]: ...
    async def parties(
        self, agreements: Iterable[str], practice: str | None
    ) -> frozenset[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True)
class FeedWanted:
    """What is to be pulled or released: `categories` are all that the dataset is made of, as it is declared."""

    dataset: str
    project: str
    recipient: str
    purpose: Purpose
    categories: frozenset[Category]


@dataclass(frozen=True, slots=True)
class FeedPermit:
    """Allow one dataset to be pulled or released for one project and recipient, under one agreement, until `expires_at`."""

    dataset: str
    project: str
    recipient: str
    agreement: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class FeedAccess:
    """Make permits for pulls and releases, and refusals."""

    agreements: FeedAgreements
    policies: Policies
    staff: Staff
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def recipients_permit(
        self, principal: Principal, wanted: FeedWanted
    ) -> FeedPermit | Refusal:
        """Decide whether a planner may ask for a release, or take the files of one.

        Raises UnavailableError when there is no policy to decide under.
        """
        role = await role_ground(self, principal, wanted.purpose)
        now = self.clock()
        ground = await agreed_ground(self.agreements, role, principal, wanted.purpose, now)
        if isinstance(ground, Refusal):
            return ground
        against = _objection_to_recipient(principal, role, wanted)
        if against is not None:
            return ground.refusal(against)
        return await self._on_agreement(wanted, ground.refusal)

    async def approvers_permit(
        self, principal: Principal, purpose: Purpose | None, wanted: FeedWanted, requested_by: str
    ) -> FeedPermit | Refusal:
        """Decide whether somebody may approve what somebody else asked for.

        Raises UnavailableError when there is no policy to decide under.
        """
        ground = await role_ground(self, principal, purpose)
        if isinstance(ground, Refusal):
            return ground
        against = _objection_to_approver(principal, ground, requested_by)
        if against is not None:
            return ground.refusal(against)
        return await self._on_agreement(wanted, ground.refusal)

    async def release_permit(
        self, wanted: FeedWanted, requested_by: str, approved_by: str
    ) -> FeedPermit | Refusal:
        """Decide whether a release that two people stand for may be made now; a job asks, for nobody in particular.

        Raises UnavailableError when there is no policy.
        """
        refuse = await self._refusing()
        if not requested_by or approved_by in {"", requested_by}:
            return refuse(RefusalReason.SECOND_PERSON_NEEDED)
        try:
            are_acting = [await self._may_act(each) for each in (requested_by, approved_by)]
        except UnavailableError:
            return refuse(RefusalReason.CHECK_FAILED)
        if not all(are_acting):
            return refuse(RefusalReason.SUSPENDED)
        return await self._on_agreement(wanted, refuse)

    async def pull_permit(self, wanted: FeedWanted, source_of: str) -> FeedPermit | Refusal:
        """Decide whether a source may be pulled for a feed; the organisation `source_of`, which runs it, must be a party too.

        Raises UnavailableError when there is no policy.
        """
        return await self._on_agreement(wanted, await self._refusing(), source_of)

    async def _refusing(self) -> Refusing:
        policy = await asked(CallSite.POLICY, self.policies.active, CompiledPolicy)
        return lambda why: Refusal(self.new_id(), why, policy.version)

    async def _may_act(self, user_id: str) -> bool:
        is_suspended = await asked(
            CallSite.STAFF, lambda: self.staff.is_suspended(user_id, _NO_PROFILE), bool
        )
        return is_suspended is False

    async def _on_agreement(
        self, wanted: FeedWanted, refuse: Refusing, source_of: str | None = None
    ) -> FeedPermit | Refusal:
        try:
            rows, feeds = await self._agreed(wanted.recipient, source_of)
            # Rows that are not what they should be are found out only when they are read.
            found = told(
                CallSite.AGREEMENTS,
                lambda: permitted(rows, feeds, wanted, self.clock()),
                FeedPermit,
                RefusalReason,
            )
        except UnavailableError:
            found = RefusalReason.CHECK_FAILED
        return refuse(found) if isinstance(found, RefusalReason) else found

    async def _agreed(
        self, recipient: str, source_of: str | None
    ) -> tuple[tuple[AgreementRow, ...], tuple[AgreedFeed, ...]]:
        agreements, site = self.agreements, CallSite.AGREEMENTS
        rows = await asked(site, lambda: agreements.of(recipient), tuple)
        feeds = await asked(site, lambda: agreements.feeds(recipient), tuple)
        if source_of is not None:
            named = frozenset(told(site, lambda: tuple(row.id for row in rows), tuple))
            bound = await asked(site, lambda: agreements.parties(named, source_of), frozenset)
            rows = tuple(row for row in rows if (row.id, source_of) in bound)
        return rows, feeds


def permitted(
    rows: Iterable[AgreementRow], feeds: Iterable[AgreedFeed], wanted: FeedWanted, now: datetime
) -> FeedPermit | RefusalReason:
    """Give the permit that an agreement in force makes for a feed, the longest, or say why none does."""
    if wanted.purpose not in FEED_PURPOSES:
        return RefusalReason.PURPOSE_NOT_ALLOWED
    holding = in_force(rows, wanted.purpose, now)
    if isinstance(holding, RefusalReason):
        return holding
    ends = {row.id: row.ends_at for row in holding if _covers(row, wanted.categories)}
    named = [each for each in feeds if each.agreement in ends and _names(each.feed, wanted)]
    if not named:
        return RefusalReason.FEED_NOT_AGREED
    against = [_objection_to_ethics(each.feed, wanted.purpose, now) for each in named]
    approved = [each for each, why in zip(named, against, strict=True) if why is None]
    if not approved:
        return next(why for why in against if why is not None)
    found = max(approved, key=lambda each: (_ends_at(each, ends), each.agreement))
    expires_at = min(_ends_at(found, ends), now + FEED_PERMIT_LASTS)
    return FeedPermit(wanted.dataset, wanted.project, wanted.recipient, found.agreement, expires_at)


def _covers(row: AgreementRow, categories: frozenset[Category]) -> bool:
    # A dataset that says it is made of nothing has not been declared.
    return bool(categories) and categories <= coverage_of(row.items).categories


def _names(feed: Feed, wanted: FeedWanted) -> bool:
    asked_for = (wanted.dataset, wanted.project, wanted.recipient)
    return (feed.dataset, feed.project, feed.recipient) == asked_for


def _ends_at(agreed: AgreedFeed, ends: Mapping[str, datetime]) -> datetime:
    ends_at, ethics_ends_at = ends[agreed.agreement], agreed.feed.ethics_ends_at
    return ends_at if ethics_ends_at is None else min(ends_at, ethics_ends_at)


def _objection_to_ethics(feed: Feed, purpose: Purpose, now: datetime) -> RefusalReason | None:
    if feed.ethics is None or feed.ethics_ends_at is None:
        return RefusalReason.ETHICS_MISSING if purpose is Purpose.HRESCH else None
    return RefusalReason.ETHICS_ENDED if feed.ethics_ends_at <= now else None


def _objection_to_recipient(
    principal: Principal, role: Ground | Refusal, wanted: FeedWanted
) -> RefusalReason | None:
    if principal.organisation != wanted.recipient:
        return RefusalReason.NOT_THE_RECIPIENT
    if is_for_records_alone(principal):
        return RefusalReason.OUT_OF_SCOPE
    taken = frozenset((Act.EXPORT, category) for category in wanted.categories)
    if isinstance(role, Refusal) or not taken <= role.levels.acts:
        return RefusalReason.NOT_FOR_ROLE
    return None


def _objection_to_approver(
    principal: Principal, ground: Ground, requested_by: str
) -> RefusalReason | None:
    if not ground.may(Act.READ_AUDIT) or not may_review(principal.role, Reviewing.SETTLE):
        return RefusalReason.NOT_FOR_ROLE
    if is_for_records_alone(principal):
        return RefusalReason.OUT_OF_SCOPE
    if requested_by in {"", principal.user_id}:
        return RefusalReason.OWN_ACT
    return None
