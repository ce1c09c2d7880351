"""Planners, what they may want, and agreements in memory that name it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from uuid import UUID

from fhir_profiles.vocabulary import Category
from gateway.access.feeding import FeedAccess, FeedWanted
from gateway.access.permit import Refusal
from gateway.store.agreement_feeds import AgreedFeed, Feed
from rbac.decide import compile_policy
from rbac.policy import load_default
from rbac.types import OrganisationKind, Purpose
from tests.access.parts import Suspended
from tests.agreed import Agreed
from tests.patient.factories import NOW, clock, principal

LINKED = frozenset({Category.DEMOGRAPHICS, Category.ENCOUNTERS})
VIOLENCE = frozenset({Category.ENCOUNTERS})
COSTS = FeedWanted("linked-activity", "costs", "QMJ", Purpose.HOPERAT, LINKED)
ASSAULTS = FeedWanted("violence", "safer-streets", "CSP1", Purpose.PUBHLTH, VIOLENCE)
STUDY = FeedWanted("linked-activity", "study", "UNI", Purpose.HRESCH, LINKED)
PLANNER = principal(
    user_id="p1",
    role="public_health_planner",
    organisation="QMJ",
    organisation_kind=OrganisationKind.ICB,
    purposes=frozenset({Purpose.PUBHLTH, Purpose.HOPERAT}),
)
ANALYST = replace(
    PLANNER,
    user_id="c1",
    role="csp_violence_analyst",
    organisation="CSP1",
    organisation_kind=OrganisationKind.CSP,
)
RESEARCHER = replace(
    PLANNER,
    user_id="r1",
    role="researcher",
    organisation="UNI",
    organisation_kind=OrganisationKind.UNIVERSITY,
    purposes=frozenset({Purpose.HRESCH}),
)
GUARDIAN = replace(
    PLANNER,
    user_id="g1",
    role="caldicott_guardian",
    purposes=frozenset({Purpose.HSYSADMIN}),
)
DOCTOR = principal(organisation="QMJ")


def feed_of(wanted, agreement="all", **changes):
    feed = Feed(wanted.dataset, wanted.project, wanted.recipient)
    return AgreedFeed(agreement, replace(feed, **changes))


APPROVED = feed_of(STUDY, ethics="26/LO/1", ethics_ends_at=NOW + timedelta(hours=5))


@dataclass
class Feeds(Agreed):
    """Agreements in memory, with the feeds that they name."""

    named: object = (feed_of(COSTS), feed_of(ASSAULTS), APPROVED)

    async def feeds(self, recipient):
        self.asked.append(("feeds", recipient))
        return self.named


@cache
def policy():
    return compile_policy(load_default())


@dataclass
class Active:
    fault: object = None

    async def active(self):
        if self.fault:
            raise self.fault
        return policy()


@dataclass
class Given:
    agreements: object = field(default_factory=Feeds)
    policies: object = field(default_factory=Active)
    staff: object = field(default_factory=Suspended)

    @property
    def access(self):
        return FeedAccess(self.agreements, self.policies, self.staff, clock, lambda: UUID(int=7))


def why(decision):
    assert isinstance(decision, Refusal)
    return decision.reason


async def asked_by(who, wanted, **given):
    return await Given(**given).access.recipients_permit(who, wanted)


async def approved_by(who, wanted=COSTS, requested_by="p1", purpose=Purpose.HSYSADMIN, **given):
    return await Given(**given).access.approvers_permit(who, purpose, wanted, requested_by)
