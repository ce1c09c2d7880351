"""Lay out a shift of honest work, with all that looks odd about honest work.

Quick looks, letters written at home, many searches at a desk, teams about one bed, numbers mistaken, referrals that no
system knows yet. Rates are judgement, from how wards, surgeries and switchboards are described.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from adapters.simulators.traffic.shifts import Shift
from adapters.simulators.traffic.staff import Pattern, StaffMember
from adapters.simulators.traffic.visits import (
    Laid,
    StepKind,
    Visit,
    found_by_name,
    glance,
    thorough,
    visit_of,
)
from adapters.simulators.truth import Cohort
from fhir_profiles.nhs_number import NhsNumber

GLANCE_RATE = 0.25
"""An allergy, a dose, a date: one look is often all that is needed."""

AFTER_HOURS_RATE = 0.04
"""Letters and results that are done at home in the evening."""

MISTAKEN_RATE = 0.01
"""The wrong one of two like names, noticed at once."""

NOT_YET_KNOWN_RATE = 0.012
"""A person who came before the referral did. Who may claims to care for them; everybody else tries again and rings up."""

ONLY_ASKED_RATE = 0.35
"""At a desk: somebody rang, was found, and nothing had to be opened."""

AVOIDS_KIN_RATE = 0.85
"""Staff hand their family over to a colleague where they can."""

AVOIDS_COLLEAGUES_RATE = 0.6
"""Who is a patient where they work has their own doctor and nurse there, and is seen by few of the others."""

_WARD = 8
_ON_THE_WARD_RATE = 0.75


@dataclass(frozen=True, slots=True)
class Caseloads:
    """Whom each organisation has to do with, whom everybody might mistake them for, and who is on its ward, and who works there."""

    by_organisation: Mapping[str, tuple[NhsNumber, ...]]
    everybody: tuple[NhsNumber, ...]
    wards: Mapping[str, Sequence[tuple[NhsNumber, ...]]]
    staff_of: Mapping[str, frozenset[NhsNumber]]

    def of(self, member: StaffMember) -> tuple[NhsNumber, ...]:
        """Give everybody whom a member's organisation has to do with."""
        return self.by_organisation.get(member.organisation, ())


def caseloads_of(cohort: Cohort, staff: Sequence[StaffMember], days: int, seed: int) -> Caseloads:
    """Read out of the cohort who is whose, and lay the wards: a few days each, a few beds changed every day."""
    open_to_view = [each for each in cohort.people.values() if not each.is_restricted]
    by_organisation: dict[str, list[NhsNumber]] = {}
    for person in open_to_view:
        if person.died_at is not None:
            continue
        for organisation in {person.practice, *person.contacts_of}:
            by_organisation.setdefault(organisation, []).append(person.nhs_number)
    known = {code: tuple(numbers) for code, numbers in sorted(by_organisation.items())}
    wards = {code: _ward(Random(f"ward|{seed}|{code}"), known[code], days) for code in known}
    staff_of = {
        code: frozenset(
            each.own_number for each in staff if each.organisation == code and each.own_number
        )
        for code in known
    }
    return Caseloads(known, tuple(each.nhs_number for each in open_to_view), wards, staff_of)


def _ward(
    random: Random, known: tuple[NhsNumber, ...], days: int
) -> Sequence[tuple[NhsNumber, ...]]:
    beds = random.sample(known, min(_WARD, len(known)))
    laid = []
    for _ in range(days + 2):
        laid.append(tuple(beds))
        for _leaves in range(2):
            beds[random.randrange(len(beds))] = random.choice(known)
    return laid


def visits_in(shift: Shift, caseloads: Caseloads, day: int, random: Random) -> Iterator[Visit]:
    """Give what somebody does in one shift, `day` counted from the first."""
    member = shift.member
    known = caseloads.of(member)
    if not known:
        return
    for _ in range(_how_many(random, member)):
        number = _whose_turn(random, member, known, caseloads, day)
        if number is not None:
            yield _visit(random, shift, caseloads, number)


def _how_many(random: Random, member: StaffMember) -> int:
    return max(1, round(random.gauss(member.job.visits, member.job.visits / 4)))


def _whose_turn(
    random: Random,
    member: StaffMember,
    known: tuple[NhsNumber, ...],
    caseloads: Caseloads,
    day: int,
) -> NhsNumber | None:
    is_about_a_bed = (
        member.job.pattern is Pattern.ROTA and random.random() < _ON_THE_WARD_RATE
    ) and member.organisation == "RRV"
    number = random.choice(caseloads.wards[member.organisation][day] if is_about_a_bed else known)
    if number == member.own_number:
        return None
    if number in member.lives_with and random.random() < AVOIDS_KIN_RATE:
        return None
    works_here = number in caseloads.staff_of.get(member.organisation, ())
    return None if works_here and random.random() < AVOIDS_COLLEAGUES_RATE else number


def _visit(random: Random, shift: Shift, caseloads: Caseloads, number: NhsNumber) -> Visit:
    member = shift.member
    span = (shift.ends - shift.begins).total_seconds()
    at = shift.begins + timedelta(seconds=round(random.uniform(0, span * 0.97)))
    if not member.job.is_clerk and random.random() < AFTER_HOURS_RATE:
        at = shift.ends + timedelta(minutes=random.randint(20, 240))
    laid = _steps(random, member, caseloads, number)
    about = number if any(kind != "find" for kind, _number, _seconds in laid) else None
    return visit_of(random, member, at, about, laid)


def _steps(random: Random, member: StaffMember, caseloads: Caseloads, number: NhsNumber) -> Laid:
    laid: Laid = []
    if member.job.is_clerk:
        for _ in range(random.randint(0, 2)):
            laid += found_by_name(random, random.choice(caseloads.everybody))
        laid += found_by_name(random, number)
        if random.random() < ONLY_ASKED_RATE:
            return laid
    if random.random() < MISTAKEN_RATE:
        laid += glance(random.choice(caseloads.everybody))
    if random.random() < NOT_YET_KNOWN_RATE:
        return laid + _before_the_referral(random, member, random.choice(caseloads.everybody))
    return laid + (glance(number) if random.random() < GLANCE_RATE else thorough(random, number))


def _before_the_referral(random: Random, member: StaffMember, stranger: NhsNumber) -> Laid:
    refused = glance(stranger)
    if "ETREAT" in member.job.purposes:
        claimed: Laid = [(StepKind.CLAIM, stranger, random.uniform(30, 300))]
        return [*refused, *claimed, *thorough(random, stranger)]
    return refused * random.randint(1, 2)
