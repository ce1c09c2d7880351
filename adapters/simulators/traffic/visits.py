"""Name what somebody does with a record, step by step, and what an honest observer would call it.

Decides nothing about who does it: `care` and `snooping` do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from uuid import UUID

from adapters.simulators.traffic.staff import StaffMember
from fhir_profiles.nhs_number import NhsNumber


class SnoopingKind(StrEnum):
    """Why somebody opened, or tried to open, what was none of their business."""

    OWN_RECORD = "own-record"
    FAMILY_AT_HOME = "family-at-home"
    RELATIVE = "relative-elsewhere"
    COLLEAGUE = "colleague"
    IN_THE_NEWS = "person-in-the-news"
    STRANGER = "acquaintance-of-no-team"
    FISHING = "fishing"
    ACQUAINTANCE = "acquaintance-in-care"


class StepKind(StrEnum):
    """One request. Finding is by name and birth date; whatever opens or claims finds by number first where it must."""

    FIND = "find"
    VIEW = "view"
    CLAIM = "claim"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Step:
    """One request about one person, so long after the visit began."""

    request_id: UUID
    kind: StepKind
    about: NhsNumber
    after: timedelta


@dataclass(frozen=True, slots=True)
class Visit:
    """What one member of staff does in one go. `snooping` is None for what was in order.

    `about` is the person whose record it is for, None where several were only looked up.
    """

    member: StaffMember
    at: datetime
    about: NhsNumber | None
    steps: tuple[Step, ...]
    snooping: SnoopingKind | None = None


Laid = list[tuple[StepKind, NhsNumber, float]]
"""Steps in order, with seconds since the step before."""


def visit_of(
    random: Random,
    member: StaffMember,
    at: datetime,
    about: NhsNumber | None,
    laid: Laid,
    snooping: SnoopingKind | None = None,
) -> Visit:
    """Make a visit of steps that follow each other."""
    steps: list[Step] = []
    after = 0.0
    for kind, number, seconds in laid:
        after += seconds
        request_id = UUID(int=random.getrandbits(128), version=4)
        steps.append(Step(request_id, kind, number, timedelta(seconds=round(after))))
    return Visit(member, at, about, tuple(steps), snooping)


def thorough(random: Random, number: NhsNumber) -> Laid:
    """Lay out a proper reading: the record, then one or two parts of it."""
    laid: Laid = [(StepKind.VIEW, number, 5.0)]
    laid += [
        (StepKind.SEARCH, number, random.uniform(40, 400)) for _ in range(random.randint(1, 2))
    ]
    return laid


def glance(number: NhsNumber) -> Laid:
    """Lay out one look at the record, and no more."""
    return [(StepKind.VIEW, number, 5.0)]


def found_by_name(random: Random, number: NhsNumber) -> Laid:
    """Lay out the search by name that leads to somebody."""
    return [(StepKind.FIND, number, random.uniform(5, 40))]


def truth_of(visits: tuple[Visit, ...]) -> Mapping[str, SnoopingKind | None]:
    """Say of each request, by its id, what it was."""
    return {str(step.request_id): visit.snooping for visit in visits for step in visit.steps}
