"""Make worlds up: people, staff, agreements, relationships, objections and broken glass, in the reference's words.

Instants lie close to each other, so that many a fact has just begun or ended when somebody asks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from typing import TypeVar

from rbac.roles import built_in_job_roles
from rbac.types import OrganisationKind
from tests.reference.relationships import GRACE_AFTER_END
from tests.reference.vocabulary import CATEGORIES
from tests.reference.world import (
    Agreement,
    BreakGlassGrant,
    Encounter,
    Objection,
    Organisation,
    Person,
    Relationship,
    RoleProfile,
    SelfClaim,
    Source,
    Staff,
    World,
)

T = TypeVar("T")

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=4000)
KINDS = {
    "F84004": OrganisationKind.GENERAL_PRACTICE,
    "F84012": OrganisationKind.GENERAL_PRACTICE,
    "RRV": OrganisationKind.TRUST,
    "RRU": OrganisationKind.AMBULANCE,
    "RV3": OrganisationKind.MENTAL_HEALTH_TRUST,
    "702": OrganisationKind.COUNCIL,
    "QMJ": OrganisationKind.ICB,
}
PRACTICES = ("F84004", "F84012")
OWNERS = {"hospital": "RRV", "ambulance": "RRU"}
"""Who runs the sources that are no practice's; they tell of encounters as well."""

GP_SOURCE = "gp"
NUMBERS = ("9990000018", "9990000026", "9990000034", "9990000042")
CATEGORIES_OF_ITEM: dict[str, frozenset[str]] = {
    "name-contact-age": frozenset({"demographics"}),
    "equalities": frozenset({"equalities"}),
    "health-records": frozenset(CATEGORIES) - {"demographics", "social-care"},
    "sex-life": frozenset({"sex-life"}),
    "social-services": frozenset({"social-care"}),
}
"""What each data item of an agreement is in the reference's words: docs/agreements.md."""

PURPOSES = ("TREAT", "ETREAT", "BTG", "PUBHLTH", "HSYSADMIN")
_BEGINNINGS = tuple(
    timedelta(hours=hours)
    for hours in (-19_000, -13_150, -740, -720, -100, -73, -72, -24, -23, -1, -1, 0, 0, 1)
)
_LENGTHS = (None, *(timedelta(hours=hours) for hours in (0, 1, 20, 24, 72, 700, 20_000)))
_RELATIONSHIP_TYPES = tuple(sorted(set(GRACE_AFTER_END) - {"self_claimed"}))
_ROLES_AT = {
    kind: tuple(sorted({role for (at, _code), role in built_in_job_roles().items() if at is kind}))
    for kind in KINDS.values()
}


@dataclass(frozen=True)
class Terms:
    """An agreement by its data items; the reference's own has categories."""

    id: str
    items: frozenset[str]
    agreed: Agreement


@dataclass(frozen=True)
class Member:
    """Somebody on an organisation's team for a time; the reference is told who is on it when they ask."""

    user: str
    organisation: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Town:
    """A world without its policy, and what the reference has no words for."""

    world: World
    agreements: tuple[Terms, ...]
    members: tuple[Member, ...]
    held: frozenset[tuple[str, str]]
    """Persons and the sources of which nothing may be asked about them."""


def random_town(chance: Random) -> Town:
    """Make everything up but the policy."""
    staff = tuple(_staff(chance, f"u{each}") for each in range(6))
    members = tuple(_member(chance, each) for each in staff if chance.random() < 0.7)
    agreements = tuple(_terms(chance, f"agreement-{each}") for each in range(chance.randint(1, 3)))
    world = World(
        people=tuple(_person(chance, number) for number in NUMBERS),
        organisations=tuple(Organisation(code, kind.value) for code, kind in KINDS.items()),
        staff=staff,
        sources=_sources(chance),
        agreements=tuple(each.agreed for each in agreements),
        relationships=tuple(_relationship(chance) for _each in range(chance.randint(6, 40))),
        encounters=tuple(_encounter(chance) for _each in range(chance.randint(0, 8))),
        objections=_objections(chance),
        grants=tuple(_grants(chance, staff)),
        self_claims=tuple(_claim(chance, staff) for _each in range(chance.randint(0, 8))),
    )
    return Town(
        world, agreements, members, _some(chance, product(NUMBERS, ("gp", "hospital")), 0.06)
    )


def team_of(organisation: str) -> str:
    """Name an organisation's team."""
    return f"ward of {organisation}"


def session_of(user: str, profile: RoleProfile, tab: int = 0) -> str:
    """Name a session: a caller has one in each role, and may have a second."""
    return f"{user} {profile.role} {profile.organisation} {tab}"


def _some(chance: Random, of: Iterable[T], share: float) -> frozenset[T]:
    return frozenset(each for each in of if chance.random() < share)


def _person(chance: Random, number: str) -> Person:
    return Person(
        number,
        pds=chance.choices(("found", "not-found", "unavailable"), (16, 2, 1))[0],
        restricted=chance.random() < 0.2,
        registered_practice=chance.choice((*PRACTICES, *PRACTICES, None)),
    )


def _staff(chance: Random, user: str) -> Staff:
    # Few are of the organisation whose roles never see anybody.
    kinds = sorted(KINDS if chance.random() < 0.15 else set(KINDS) - {"QMJ"})
    places = chance.sample(kinds, chance.choice((1, 1, 2)))
    profiles = tuple(_profile(chance, each) for each in places)
    return Staff(user, profiles, suspended=chance.random() < 0.04)


def _member(chance: Random, member: Staff) -> Member:
    start, end = _period(chance)
    return Member(member.user, chance.choice(member.profiles).organisation, start, end)


def _profile(chance: Random, organisation: str) -> RoleProfile:
    role = chance.choice(_ROLES_AT[KINDS[organisation]])
    # One that has ended is one that is suspended: who has none at all gets no token.
    ended = LONG_AGO if chance.random() < 0.05 else None
    return RoleProfile(role, organisation, LONG_AGO, ended)


def _sources(chance: Random) -> tuple[Source, ...]:
    stages = {name: "shadow" if chance.random() < 0.1 else "open" for name in (GP_SOURCE, *OWNERS)}
    practices = [
        Source(GP_SOURCE, code, "gp-connect", stages[GP_SOURCE])  # type: ignore[arg-type]
        for code in PRACTICES
    ]
    others = [Source(name, code, "fhir-r4", stages[name]) for name, code in OWNERS.items()]  # type: ignore[arg-type]
    return (*practices, *others)


def _terms(chance: Random, name: str) -> Terms:
    items = _some(chance, tuple(CATEGORIES_OF_ITEM), 0.85)
    start, end = _period(chance)
    if chance.random() < 0.85:
        start, end = LONG_AGO, NOW + timedelta(days=900)
    return Terms(
        name,
        items,
        Agreement(
            parties=_some(chance, tuple(KINDS), 0.92),
            items=frozenset().union(*(CATEGORIES_OF_ITEM[each] for each in items)),
            purposes=_some(chance, PURPOSES[:4], 0.85),
            start=start,
            end=end or NOW + timedelta(days=900),
        ),
    )


def _period(chance: Random) -> tuple[datetime, datetime | None]:
    start, length = NOW + chance.choice(_BEGINNINGS), chance.choice(_LENGTHS)
    return start, None if length is None else start + length


def _relationship(chance: Random) -> Relationship:
    start, end = _period(chance)
    organisation = chance.choice(sorted(KINDS))
    return Relationship(
        chance.choice(NUMBERS),
        chance.choice(_RELATIONSHIP_TYPES),
        start,
        end,
        organisation=organisation,
        team=team_of(organisation) if chance.random() < 0.25 else None,
        user=f"u{chance.randrange(6)}" if chance.random() < 0.3 else None,
    )


def _encounter(chance: Random) -> Encounter:
    start, end = _period(chance)
    return Encounter(chance.choice(NUMBERS), chance.choice(sorted(OWNERS.values())), start, end)


def _objections(chance: Random) -> tuple[Objection, ...]:
    sources = (None, GP_SOURCE, *OWNERS)
    return tuple(
        Objection(number, source, frozenset({"emergency"} if chance.random() < 0.5 else ()))
        for number in NUMBERS
        for source in sources
        if chance.random() < 0.07
    )


def _grants(chance: Random, staff: Sequence[Staff]) -> Iterator[BreakGlassGrant]:
    for member, number, tab in product(staff, NUMBERS, (0, 1)):
        profile = chance.choice(member.profiles)
        if chance.random() < (0.4, 0.1)[tab]:
            session = session_of(member.user, profile, tab)
            start = NOW - timedelta(minutes=chance.choice((0, 1, 30, 59, 60, 61)))
            yield BreakGlassGrant(member.user, number, session, 1, start)
            if chance.random() < 0.5:
                later = start + timedelta(minutes=chance.choice((0, 1, 30)))
                yield BreakGlassGrant(member.user, number, session, 2, later)


def _claim(chance: Random, staff: Sequence[Staff]) -> SelfClaim:
    member = chance.choice(staff)
    organisation = chance.choice(member.profiles).organisation
    start = NOW + chance.choice(_BEGINNINGS[-8:])
    return SelfClaim(member.user, chance.choice(NUMBERS), organisation, start)
