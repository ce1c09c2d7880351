"""A check that could not be made is named in the failure, so that whoever keeps the service running knows which."""

import pytest

from adapters.contract import ContactProbe, Outcome, TraceOutcome
from gateway.access.administration import PolicyAccess
from gateway.access.agreed_ground import sharing_on
from gateway.access.decision import Question
from gateway.access.permit import Administering
from gateway.access.staff import may_act
from gateway.errors import UnavailableError
from rbac.types import Act, Levels, OrganisationKind, Purpose
from tests.access.parts import Broken, Parts, Policies, Probed, Registry, Suspended, pds
from tests.agreed import Agreed
from tests.patient.factories import NUMBER, PATIENT_ID, principal

TRUST = principal(organisation="RRV", session="5" * 64)
QUESTION = Question(TRUST, Purpose.TREAT, NUMBER, PATIENT_ID)


def breaks(*_given):
    raise ZeroDivisionError


class Breaks:
    """A part that fails whatever it is asked."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError
        return breaks


class OneBreaks(Registry):
    """A registry of which one question fails."""

    def __init__(self, name):
        super().__init__()
        setattr(self, name, breaks)


@pytest.mark.parametrize(
    ("site", "parts"),
    [
        ("relationships", Parts(registry=OneBreaks("relationships"))),
        ("objections", Parts(registry=OneBreaks("objections"))),
        ("identity-holds", Parts(registry=OneBreaks("holds"))),
        ("teams", Parts(registry=OneBreaks("teams"))),
        ("demographics", Parts(pds=Breaks())),
        ("contacts", Parts(contacts=Breaks())),
    ],
)
async def test_what_a_decision_about_a_person_rests_on_is_named(site, parts):
    with pytest.raises(UnavailableError, match=rf"^The {site} check could not be made\.$"):
        await parts.access.evidence_on(QUESTION)


async def test_demographics_and_the_probe_are_named_when_they_say_nothing():
    nobody, silent = pds(TraceOutcome.NOT_FOUND), Probed(ContactProbe(Outcome.TIMED_OUT))

    with pytest.raises(UnavailableError, match=r"^The demographics service did not answer\.$"):
        await Parts(pds=pds(TraceOutcome.UNAVAILABLE)).access.evidence_on(QUESTION)
    with pytest.raises(UnavailableError, match=r"^The contact probe did not answer\.$"):
        await Parts(pds=nobody, contacts=silent).access.evidence_on(QUESTION)


@pytest.mark.parametrize("broken", [Breaks(), Broken((object(),))])
async def test_broken_glass_that_cannot_be_read_is_named(broken):
    access = Parts(broken=broken).access

    with pytest.raises(UnavailableError, match=r"^The grants check could not be made\.$"):
        await access.open_grant(QUESTION, Purpose.ETREAT)


class OddLevels:
    view = None
    acts = frozenset()


@pytest.mark.parametrize(
    ("site", "parts"),
    [
        ("policy", Parts(policies=Breaks())),
        ("staff", Parts(staff=Breaks())),
        ("levels", Parts(Policies(OddLevels()))),
    ],
)
async def test_what_a_role_rests_on_is_named(site, parts):
    with pytest.raises(UnavailableError, match=rf"^The {site} check "):
        await parts.access.any_ground(principal(), Purpose.TREAT)


async def test_what_may_be_offered_to_a_role_is_part_of_the_levels():
    class NothingOfEmergencies:
        def get(self, key):
            if b"ETREAT" in key:
                raise ZeroDivisionError
            return Levels({}, frozenset())

    class Odd(Policies):
        async def active(self):
            found = await super().active()
            return type(found)("v1", {}, 0, NothingOfEmergencies())

    with pytest.raises(UnavailableError, match=r"^The levels check could not be made\.$"):
        await Parts(Odd()).access.any_ground(principal(), Purpose.TREAT)


async def test_who_is_suspended_is_named():
    with pytest.raises(UnavailableError, match=r"^The staff check could not be made\.$"):
        await may_act(Breaks(), principal())


@pytest.mark.parametrize("agreements", [Breaks(), Agreed(parties_to=frozenset({1}))])
async def test_what_organisations_share_is_named(agreements):
    ground = await Parts().access.any_ground(principal(), Purpose.TREAT)

    with pytest.raises(UnavailableError, match=r"^The agreements check could not be made\.$"):
        await sharing_on(agreements, ground, None)


async def test_the_list_of_administrators_is_part_of_the_policy():
    role, kind = "policy_admin", OrganisationKind.ICB
    who = principal(role=role, organisation_kind=kind, purposes=frozenset({Purpose.HSYSADMIN}))
    category = next(iter(Parts().policies.levels.view))[0]
    edits = Levels({}, frozenset({(Act.EDIT_POLICY, category)}))
    policies = Policies(edits, (role, kind, Purpose.HSYSADMIN))
    access = PolicyAccess(policies, Breaks(), lambda: None, Suspended())

    with pytest.raises(UnavailableError, match=r"^The policy check could not be made\.$"):
        await access.permit(who, Purpose.HSYSADMIN, Administering.PROPOSE)
