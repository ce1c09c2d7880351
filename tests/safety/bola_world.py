"""Tell the reference what is true in the simulated London: its people, staff, agreements, contacts and objections.

Taken from the cohort's own truth and from what the tests' registry is filled with, not from what the service answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.simulators.demo_users import DEMO_USERS, DemoUser
from adapters.simulators.truth import Cohort, FactKind, SourceKind
from adapters.simulators.truth import Person as Truth
from fhir_profiles.nhs_number import NhsNumber
from rbac.policy import load_default
from rbac.roles import built_in_job_roles
from rbac.types import OrganisationKind
from tests.differential.random_policies import as_rows
from tests.reference.vocabulary import CATEGORIES
from tests.reference.world import (
    Agreement,
    Encounter,
    Objection,
    Organisation,
    Person,
    Relationship,
    Request,
    RoleProfile,
    Source,
    Staff,
    World,
)
from tests.safety.staff import staff
from tests.stack import ORGANISATION_KINDS, objected

NOBODY = "nobody"
ELSEWHERE = (staff("student", "R8004", "RRV"), staff("carer", "R1450", "VM4G1"))
"""Staff of the two care roles that the demo has no user for."""

USERS = {**DEMO_USERS, **{each.username: each for each in ELSEWHERE}}
STRANGERS = (NhsNumber("9990009988"), NhsNumber("9990009996"))
"""Numbers that PDS knows nothing of."""

_OWNERS = {"hospital": ("RRV", SourceKind.HOSPITAL), "ambulance": ("RRU", SourceKind.AMBULANCE)}
_EVERYTHING = frozenset({*CATEGORIES, "sex-life", "equalities"})
_PURPOSES = frozenset({"TREAT", "ETREAT", "BTG", "PUBHLTH", "HOPERAT", "HRESCH"})
_LONG = timedelta(days=3650)


@dataclass(frozen=True)
class Matrix:
    """The world, its users' roles by name, and every person who is asked about, by the number that is asked."""

    world: World
    roles: dict[str, str]
    people: tuple[NhsNumber, ...]
    now: datetime

    def request(self, user: str, number: NhsNumber, act: str, route: str, purpose: str) -> Request:
        """Give a user's question about a person."""
        who = USERS[user]
        return Request(
            user=user,
            role=self.roles[user],
            organisation=who.organisation,
            kind=ORGANISATION_KINDS[who.organisation],
            session=user,
            token_purposes=frozenset(who.purposes),
            purposes_asked=(purpose,),
            patient=number.digits,
            act=act,  # type: ignore[arg-type]  # callers give words of the reference
            route_kind=route,  # type: ignore[arg-type]  # as above
            time=self.now,
            reason_code="risk-to-life",
            reason_text="found unconscious",
        )


def matrix_of(cohort: Cohort, asked: dict[str, NhsNumber], now: datetime) -> Matrix:
    """Describe the world; `asked` names showcases, of which some are asked about by a former number."""
    numbers = dict.fromkeys((*cohort.people, *asked.values(), *STRANGERS))
    truths = {number: _truth(cohort, number) for number in numbers}
    known = {number: truth for number, truth in truths.items() if truth is not None}
    world = World(
        people=tuple(_person(number, truth) for number, truth in truths.items()),
        organisations=tuple(Organisation(*each) for each in ORGANISATION_KINDS.items()),
        staff=tuple(_staff(each, now) for each in USERS.values()),
        sources=tuple(_sources(cohort)),
        agreements=(_agreement(cohort, now),),
        relationships=tuple(_contacts(known, now)),
        encounters=tuple(_encounters(cohort, known)),
        objections=tuple(_objections(known)),
        rows=as_rows(load_default()),
    )
    roles = {name: role_of(each) for name, each in USERS.items()}
    return Matrix(world, roles, tuple(numbers), now)


def role_of(user: DemoUser) -> str:
    """Give the role that somebody's job code means at their organisation."""
    kind = OrganisationKind(ORGANISATION_KINDS[user.organisation])
    return built_in_job_roles()[kind, user.role_code.rpartition(":")[2]].value


def _truth(cohort: Cohort, number: NhsNumber) -> Truth | None:
    # PDS answers a former number with the person who has another now.
    held = (each for each in cohort.people.values() if number in each.former_numbers)
    return cohort.people.get(number) or next(held, None)


def _person(number: NhsNumber, truth: Truth | None) -> Person:
    if truth is None:
        return Person(number.digits, pds="not-found")
    return Person(number.digits, restricted=truth.is_restricted, registered_practice=truth.practice)


def _staff(user: DemoUser, now: datetime) -> Staff:
    return Staff(user.username, (RoleProfile(role_of(user), user.organisation, now - _LONG),))


def _sources(cohort: Cohort) -> Iterator[Source]:
    for practice in {each.practice for each in cohort.people.values()}:
        yield Source("gp", practice, "gp-connect")
    for name, (organisation, _kind) in _OWNERS.items():
        yield Source(name, organisation)


def _agreement(cohort: Cohort, now: datetime) -> Agreement:
    practices = {each.practice for each in cohort.people.values()}
    parties = frozenset(ORGANISATION_KINDS) | practices
    return Agreement(parties, _EVERYTHING, _PURPOSES, now - _LONG, now + _LONG)


def _contacts(known: dict[NhsNumber, Truth], now: datetime) -> Iterator[Relationship]:
    for number, truth in known.items():
        for organisation in truth.contacts_of:
            # The registry of the tests holds each as a relationship without end.
            yield Relationship(
                number.digits, "caseload", now - _LONG, None, organisation=organisation
            )


def _encounters(cohort: Cohort, known: dict[NhsNumber, Truth]) -> Iterator[Encounter]:
    told = {kind: organisation for organisation, kind in _OWNERS.values()}
    for number, truth in known.items():
        for each in cohort.statements.get(truth.nhs_number, ()):
            is_visit = each.fact.kind is FactKind.ENCOUNTER and not each.is_retracted
            if is_visit and told.get(each.source) == each.organisation:
                yield Encounter(number.digits, told[each.source], each.starts_at, each.ends_at)


def _objections(known: dict[NhsNumber, Truth]) -> Iterator[Objection]:
    for number, truth in known.items():
        exceptions = frozenset(() if truth.objects_even_in_emergency else {"emergency"})
        for source in objected(truth.objects_to):
            yield Objection(number.digits, None if source == "*" else source, exceptions)
