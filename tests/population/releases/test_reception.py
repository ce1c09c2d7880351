"""Whoever comes for releases is let in by a permit alone; doubt lets nobody in, and what is another's is as none."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

import pytest

from gateway.access.decision import AccessControl
from gateway.access.feeding import FeedAccess
from gateway.errors import NotFoundError, RefusedError, UnavailableError
from gateway.policy.permitted import Asker
from gateway.population.datasets import load_datasets
from gateway.population.releases import reception as module
from gateway.population.releases.admission import Admission
from gateway.population.releases.agreed import AgreedReleases
from gateway.population.releases.desk import ReleaseDesk
from gateway.population.releases.folders import ReleaseFolders
from gateway.population.releases.reception import Reception
from gateway.population.releases.requests import Wanted
from rbac.types import Purpose
from tests.access.feeds import ANALYST, DOCTOR, GUARDIAN, PLANNER, RESEARCHER, Active, Feeds, policy
from tests.access.parts import Registry, Suspended
from tests.patient.records import Pds
from tests.population.releases.deployment import WANTED
from tests.population.releases.test_desk import recorded
from tests.store_factories import NOW, VERSION, activate

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

DATASETS = load_datasets()
STREETS = replace(WANTED, dataset="violence", project="safer-streets", agreement="all")


class Activated(Active):
    """The default policy, under the name of the one that is active in the tests' database."""

    async def active(self):
        await super().active()
        return replace(policy(), version=VERSION)


@dataclass
class Broken(Feeds):
    """Agreements that cannot be read."""

    async def of(self, _organisation):
        raise UnavailableError("down")


@dataclass
class Front:
    """A reception over a database of the test's own, whose agreements may change."""

    store: object
    log: object
    folder: object
    agreements: object = field(default_factory=Feeds)
    policies: object = field(default_factory=Activated)

    @property
    def reception(self) -> Reception:
        parts = (self.agreements, self.policies)
        feeds = FeedAccess(*parts, Suspended(), lambda: NOW, uuid4)
        access = AccessControl(*parts, Registry(), Pds(), {}, lambda: NOW, uuid4, Suspended())
        admission = Admission(AgreedReleases(feeds, DATASETS), access, self.log, lambda: NOW)
        folders = ReleaseFolders(self.folder / "releases")
        desk = ReleaseDesk(self.store, self.log, folders, DATASETS, uuid4)
        return Reception(desk, admission, lambda: NOW)

    async def asked(self, wanted: Wanted = STREETS, who=ANALYST):
        return await self.reception.request(asker(who), wanted)

    def reasons(self) -> list[str]:
        return [row["reason"] for row in recorded(self.store) if row["action"] == "asked"]


def asker(who, purpose=None) -> Asker:
    held = Purpose.HSYSADMIN if Purpose.HSYSADMIN in who.purposes else purpose
    return Asker(who, held, "request-1")


@pytest.fixture
async def front(store, log, tmp_path) -> Front:
    await activate(log)
    return Front(store, log, tmp_path)


async def every_act(front, who, release):
    """Try everything that somebody may do with one release; give what each was told."""
    at, it = front.reception, asker(who)
    acts = (
        lambda: at.listed(it),
        lambda: at.look(it, release),
        lambda: at.fetch(it, release, "rows.csv"),
        lambda: at.approve(it, release),
        lambda: at.recall(it, release, "why"),
    )
    return [await told(act) for act in acts]


async def told(act):
    try:
        await act()
    except (NotFoundError, RefusedError, UnavailableError) as fault:
        return type(fault).__name__
    return "done"


async def test_a_release_is_asked_for_seen_and_approved_by_those_who_may(front):
    release = await front.asked()

    assert await front.reception.listed(asker(ANALYST)) == (release,)
    assert await front.reception.listed(asker(GUARDIAN)) == (release,)
    approved = await front.reception.approve(asker(GUARDIAN), release.id)
    assert approved.approved_by == "g1"
    assert front.reasons() == ["permitted"] * 4


@pytest.mark.parametrize("who", [ANALYST, PLANNER, RESEARCHER])
async def test_when_agreements_cannot_be_read_nobody_is_let_in_and_it_is_on_record(front, who):
    release = await front.asked()
    front.agreements = Broken()

    answers = await every_act(front, who, release.id)

    assert set(answers) == {"UnavailableError"}
    assert front.reasons()[1:] == ["check-failed"] * len(answers)


async def test_when_agreements_cannot_be_read_nothing_is_approved(front):
    release = await front.asked()
    front.agreements = Broken()

    assert await told(lambda: front.reception.approve(asker(GUARDIAN), release.id)) == (
        "UnavailableError"
    )
    assert front.reasons()[-1] == "check-failed"


async def test_without_a_policy_nobody_is_let_in(front):
    release = await front.asked()
    front.policies = Activated(UnavailableError("no policy"))

    answers = await every_act(front, ANALYST, release.id)

    assert set(answers) == {"UnavailableError"}


async def test_de_06_anothers_release_is_to_everybody_what_none_is(front):
    release = await front.asked()

    for who in (PLANNER, RESEARCHER, DOCTOR):
        theirs = await every_act(front, who, release.id)
        assert theirs == await every_act(front, who, uuid4())
    assert await front.reception.listed(asker(PLANNER)) == ()


async def test_de_06_the_planted_weakness_of_telling_whose_it_is_would_be_found(front, monkeypatch):
    release = await front.asked()
    monkeypatch.setattr(module.Admission, "of_recipient", _by_its_own_permit_alone)

    theirs = await every_act(front, PLANNER, release.id)

    assert theirs != await every_act(front, PLANNER, uuid4())


async def _by_its_own_permit_alone(self, who, _act, feed, _about):
    if feed is None:
        raise NotFoundError("nothing")
    raise RefusedError("not-the-recipient", "no")


async def test_who_reviews_is_told_of_what_is_not_there_that_it_is_not(front):
    answers = await every_act(front, GUARDIAN, uuid4())

    assert answers == ["done", "NotFoundError", "RefusedError", "NotFoundError", "NotFoundError"]


@pytest.mark.parametrize("purpose", [None, Purpose.PUBHLTH, Purpose.HOPERAT])
async def test_a_planner_comes_for_a_purpose_of_planning_or_says_none(front, purpose):
    assert await front.reception.listed(asker(PLANNER, purpose)) == ()


@pytest.mark.parametrize("purpose", [Purpose.TREAT, Purpose.HRESCH, Purpose.HSYSADMIN])
async def test_az_09_who_comes_for_a_purpose_that_they_do_not_hold_is_refused(front, purpose):
    assert await told(lambda: front.reception.listed(asker(PLANNER, purpose))) == "RefusedError"


async def test_who_holds_no_purpose_of_planning_is_refused(front):
    nobody = replace(ANALYST, purposes=frozenset())

    assert await told(lambda: front.reception.listed(asker(nobody))) == "RefusedError"


async def test_what_was_asked_for_stands_in_row_a_without_numbers_of_people(front):
    numbered = replace(STREETS, project="9434765919")

    assert await told(lambda: front.asked(numbered)) == "RefusedError"
    assert "9434765919" not in repr(recorded(front.store))
    assert "violence" in repr(recorded(front.store)[-1]["details"])


async def test_no_agreement_is_taken_to_last_longer_than_any_was_ever_made_for(front):
    with pytest.raises(Exception, match="so long"):
        await front.asked(replace(STREETS, ends_on=(NOW + timedelta(days=40_000)).date()))
