"""Build the worlds and requests that the examples start from."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.reference.access_evaluator import decide
from tests.reference.default_rows import KIND_OF_ROLE, default_rows
from tests.reference.policy_evaluator import index
from tests.reference.vocabulary import CARE_PURPOSES, CATEGORIES
from tests.reference.world import (
    Agreement,
    BreakGlassGrant,
    Organisation,
    Outward,
    Person,
    Relationship,
    Request,
    RoleProfile,
    Source,
    Staff,
    World,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=3650)
PATIENT = "9990000018"
ROWS = index(default_rows())
NORMAL = frozenset({"normal"})
ODS_OF_KIND = {kind: f"X{n:02}" for n, kind in enumerate(sorted(set(KIND_OF_ROLE.values())))}


def ods(role: str) -> str:
    """Return the organisation code of a role's example organisation."""
    return ODS_OF_KIND[KIND_OF_ROLE[role]]


def labels(*names: str) -> frozenset[str]:
    """Return a label set, `normal` where none is named."""
    return frozenset(names or {"normal"})


def staff(role: str, **changes: Any) -> Staff:
    """Return a member of staff who holds this role."""
    return replace(Staff("user", (RoleProfile(role, ods(role), LONG_AGO),)), **changes)


def a_world(role: str, **changes: Any) -> World:
    """Return a world in which this role has a relationship, an agreement and default rows."""
    sources = (Source("hospital", "RTRUST"), Source("ambulance", "RRU"))
    parties = frozenset(ODS_OF_KIND.values()) | {source.organisation for source in sources}
    purposes = CARE_PURPOSES | {"PUBHLTH", "HOPERAT", "HRESCH"}
    agreement = Agreement(
        parties,
        frozenset({*CATEGORIES, "sex-life", "equalities"}),
        purposes,
        LONG_AGO,
        NOW + timedelta(days=365),
    )
    world = World(
        people=(Person(PATIENT),),
        organisations=tuple(Organisation(code, kind) for kind, code in ODS_OF_KIND.items()),
        staff=(staff(role),),
        sources=sources,
        agreements=(agreement,),
        relationships=(
            Relationship(PATIENT, "caseload", NOW - timedelta(days=1), organisation=ods(role)),
        ),
        rows=ROWS,
    )
    return replace(world, **changes)


def a_request(role: str, purpose: str = "TREAT", **changes: Any) -> Request:
    """Return a request to view the patient."""
    request = Request(
        user="user", role=role, organisation=ods(role), kind=KIND_OF_ROLE[role],
        session="session", token_purposes=frozenset({purpose}), purposes_asked=(purpose,),
        patient=PATIENT, act="view", route_kind="record", time=NOW,
    )  # fmt: skip
    return replace(request, **changes)


def broken_glass(step: int = 1, **changes: Any) -> BreakGlassGrant:
    """Return a break-glass that starts now."""
    return replace(BreakGlassGrant("user", PATIENT, "session", step, NOW), **changes)


def broken_up_to(step: int) -> tuple[BreakGlassGrant, ...]:
    """Return every step of one emergency up to this one."""
    return tuple(broken_glass(each) for each in range(1, step + 1))


def outward(world: World, request: Request) -> Outward | None:
    """Return what the caller is shown when refused."""
    return decide(world, request).outward
