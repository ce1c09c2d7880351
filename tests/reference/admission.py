"""Decide what needs no patient: who asks, from where, for what purpose, by which route.

It looks at no person's data. Follows the roles file, section 6, steps 1 and 2.
"""

from dataclasses import dataclass
from typing import Final

from tests.reference import settled
from tests.reference.agreed_sources import agreed_categories, is_signed
from tests.reference.item_levels import highest_open_step, may_break_glass
from tests.reference.vocabulary import (
    ACT_PURPOSES,
    ADMINISTRATION_PURPOSES,
    CARE_ROLES,
    EMERGENCY_PURPOSES,
    purposes_of,
)
from tests.reference.world import Outward, Request, Staff, World

# Interfaces, HTTP table, with decisions, section 9: the acts each kind of route does.
ACTS_OF_ROUTE: Final[dict[str, frozenset[str]]] = {
    "record": frozenset({"view", "search", "open-document"}),
    "find": frozenset({"search"}),
    "break-glass": frozenset({"break-glass"}),
    "population": frozenset({"export"}),
    "policy": frozenset({"edit-policy"}),
    "audit": frozenset({"read-audit"}),
}
ONE_PERSON_ROUTES: Final = frozenset({"record", "find", "break-glass"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """The first step that hit, and what the caller is shown of it."""

    rule: str
    outward: Outward
    alerts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """A request that has passed steps 1 and 2."""

    world: World
    request: Request
    purpose: str
    staff: Staff


def admit(world: World, request: Request) -> Case | Refusal:
    """Take a request through steps 1 and 2."""
    staff = _known_staff(world, request)
    if staff is None:
        return Refusal("1 no active role", "forbidden")
    if not _organisation_is_live_and_signed(world, request):
        return Refusal("1 organisation not live or not signed", "forbidden")
    # Safety, AZ 10: organisation in token and elsewhere, "mismatch → 403".
    if request.organisation_asked not in (None, request.organisation):
        return Refusal("1 organisation differs from the token", "forbidden")
    purpose = purpose_in_use(request)
    if purpose is None or purpose not in purposes_of(request.role):
        return Refusal("2 purpose not allowed for role", "forbidden")
    case = Case(world, request, purpose, staff)
    return _route_refusal(case) or _emergency_refusal(case) or _agreement_refusal(case) or case


def purpose_in_use(request: Request) -> str | None:
    """Return the one purpose of a request, None if it has none or two.

    Source: safety, AZ 09, "missing, unknown, two values ... DENY"; interfaces, headers, "in
    the token or `Purpose-Of-Use` header ...; the token wins" (ambiguity 17).
    """
    asked = request.purposes_asked or tuple(request.token_purposes)
    if len(asked) != 1:
        return None
    named = settled.purposes_named(request.token_purposes)
    covered = not request.token_purposes or asked[0] in named
    return asked[0] if covered else None


def _known_staff(world: World, request: Request) -> Staff | None:
    # Safety, AU 17: "user disabled/role removed in store → DENY at next request".
    for staff in world.staff:
        if staff.user == request.user and not staff.suspended and _holds_role(staff, request):
            return staff
    return None


def _holds_role(staff: Staff, request: Request) -> bool:
    # Roles file, section 6 step 1: "one active role"; section 8, test 18: "expired role profile".
    return any(
        (profile.role, profile.organisation) == (request.role, request.organisation)
        and profile.start <= request.time
        and (profile.end is None or request.time < profile.end)
        for profile in staff.profiles
    )


def _organisation_is_live_and_signed(world: World, request: Request) -> bool:
    # Roles file, section 6 step 1: "organisation live in ODS and signed to the DSA".
    live = any(
        (organisation.ods, organisation.kind) == (request.organisation, request.kind)
        and organisation.live
        for organisation in world.organisations
    )
    return live and is_signed(world, request.organisation, request.time)


def _route_refusal(case: Case) -> Refusal | None:
    request = case.request
    if request.act not in ACTS_OF_ROUTE[request.route_kind]:
        return Refusal("2 act not of this route", "forbidden")
    # Safety, AZ 09: "research purpose on direct-care route ... DENY 403".
    if case.purpose not in ACT_PURPOSES[request.act]:
        return Refusal("2 purpose not of this route", "forbidden")
    # Roles file, section 5: "All patient-level endpoints return 403 for these roles, whatever
    # the purpose ... Clinical roles cannot call planning row-level endpoints".
    if (request.route_kind in ONE_PERSON_ROUTES) != (request.role in CARE_ROLES):
        return Refusal("2 role not of this route", "forbidden")
    return None


def _emergency_refusal(case: Case) -> Refusal | None:
    request = case.request
    asks_to_break_glass = request.act == "break-glass"
    if case.purpose not in EMERGENCY_PURPOSES and not asks_to_break_glass:
        return None
    # Roles file, section 4, third row: "must ask a clinician"; section 8, test 4: "deny + alert".
    if not may_break_glass(case.world, request, case.purpose):
        return Refusal("2 role has no emergency right", "forbidden", frozenset({"emergency"}))
    # Safety, AZ 09: "`ETREAT` without break-glass ... DENY 403".
    is_open = highest_open_step(case.world, request) >= settled.step_of(case.purpose)
    if not asks_to_break_glass and not is_open:
        return Refusal("2 emergency without break-glass", "forbidden")
    return None


def _agreement_refusal(case: Case) -> Refusal | None:
    # Information governance, section 10: an agreement has purposes, and a missing one
    # refuses. Administration shares no data item, so it needs none of its own (ambiguity 18).
    if case.purpose in ADMINISTRATION_PURPOSES:
        return None
    caller = frozenset({case.request.organisation})
    if agreed_categories(case.world, caller, case.purpose, case.request.time):
        return None
    return Refusal("2 no agreement for this purpose", "forbidden")
