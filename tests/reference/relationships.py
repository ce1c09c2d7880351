"""Decide whether a caller has a relationship with a person now.

It reads no policy and no objection. Follows identity, section 5, and the
decisions, section 7.
"""

import calendar
from datetime import datetime, timedelta
from typing import Final

from tests.reference import settled
from tests.reference.world import Encounter, Person, Relationship, Request, SelfClaim, Staff, World

# Identity, section 5: "Default expiry: ED/ambulance 72 h after end, inpatient discharge + 30 d".
GRACE_AFTER_END: Final[dict[str, timedelta]] = {
    "ed_attendance": timedelta(hours=72),
    "ambulance_contact": timedelta(hours=72),
    "inpatient": timedelta(days=30),
    "registered_gp": timedelta(0),
    "caseload": timedelta(0),
    "referral": timedelta(0),
    "self_claimed": timedelta(0),
}
# Identity, section 5: "referral 18 months, self-claimed 24 h".
REFERRAL_MONTHS: Final = 18
SELF_CLAIM: Final = timedelta(hours=24)


def bases_of_relationship(
    world: World, request: Request, person: Person, staff: Staff
) -> frozenset[str]:
    """Return on what grounds the caller is related to the person now; empty means not.

    Source: decisions, section 7, "Registry first (PDS practice, live encounters from ADT,
    referrals, teams, self-claims). Then ... the same two probes".
    """
    bases = {
        relationship.type
        for relationship in world.relationships
        if relationship.patient == person.id
        and _concerns_caller(relationship, request, staff)
        and _is_current(relationship, request.time)
        and _type_counts(relationship, request, person)
    }
    if practice_told_by_pds(person) == request.organisation:
        bases.add("registered_gp")
    if any(_is_open_here(encounter, request) for encounter in world.encounters):
        bases.add("open_encounter")
    if any(_claim_counts(claim, request) for claim in world.self_claims):
        bases.add("self_claimed")
    return settled.counting_bases(bases, restricted=person.restricted)


def practice_told_by_pds(person: Person) -> str | None:
    """Return the registered practice as far as PDS tells it.

    Source: identity, section 2, restricted: "address, telecom, GP ... removed".
    """
    return None if person.restricted else person.registered_practice


def expires_at(relationship: Relationship) -> datetime | None:
    """Return the first moment at which a relationship no longer holds, if there is one."""
    ends = []
    if relationship.end is not None:
        ends.append(relationship.end + GRACE_AFTER_END[relationship.type])
    if relationship.type == "referral":
        ends.append(_months_after(relationship.start, REFERRAL_MONTHS))
    if relationship.type == "self_claimed":
        ends.append(relationship.start + SELF_CLAIM)
    return min(ends, default=None)


def _concerns_caller(relationship: Relationship, request: Request, staff: Staff) -> bool:
    # Identity, section 5: "relationship(patient, org|team|user, ...)"; where several are
    # named all must fit, and where none is named nobody is meant.
    named = [
        fits
        for name, fits in (
            (relationship.organisation, relationship.organisation == request.organisation),
            (relationship.team, relationship.team in staff.teams),
            (relationship.user, relationship.user == request.user),
        )
        if name is not None
    ]
    return bool(named) and all(named)


def _is_current(relationship: Relationship, now: datetime) -> bool:
    # Identity, section 5: "effective from ≤ now, effective to empty or > now". A type that
    # is not on its list is unknown, so it gives nothing.
    if relationship.type not in GRACE_AFTER_END or now < relationship.start:
        return False
    ends = expires_at(relationship)
    return ends is None or now < ends


def _type_counts(relationship: Relationship, request: Request, person: Person) -> bool:
    match relationship.type:
        case "registered_gp":
            # PDS is read at every request and wins; only where it withholds the practice
            # of a restricted person does the registry speak alone (ambiguity 12).
            return person.restricted or person.registered_practice == request.organisation
        case _:
            return True


def _is_open_here(encounter: Encounter, request: Request) -> bool:
    # Decisions, section 7: "an open-encounter probe ... to the *caller's own organisation's*
    # source only".
    return (
        encounter.patient == request.patient
        and encounter.organisation == request.organisation
        and settled.contact_counts(encounter.start, encounter.end, request.time)
    )


def _claim_counts(claim: SelfClaim, request: Request) -> bool:
    return (claim.user, claim.patient, claim.organisation) == (
        request.user,
        request.patient,
        request.organisation,
    ) and claim.start <= request.time < claim.start + SELF_CLAIM


def _months_after(start: datetime, months: int) -> datetime:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
