"""Say what the audit will hold of traffic, without sending it: who may open whose record, and who is what to whom.

Written from the rules of access in words, not from the gateway's code; a test compares the two over HTTP.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid5

from adapters.simulators.traffic.plan import Traffic
from adapters.simulators.traffic.staff import StaffMember
from adapters.simulators.traffic.visits import Step, StepKind
from adapters.simulators.truth import Cohort, Person, SourceKind
from fhir_profiles.nhs_number import NhsNumber
from gateway.audit.radar.accesses import Access
from gateway.audit.words import AskedAct, Mark
from tests.radar.stays import is_in_stay

OPEN = "permitted"
_ACTS = {
    StepKind.FIND: AskedAct.FIND,
    StepKind.VIEW: AskedAct.VIEW,
    StepKind.SEARCH: AskedAct.SEARCH,
}
CLAIM_LASTS = timedelta(hours=24)


def accesses_on_paper(cohort: Cohort, traffic: Traffic) -> tuple[Access, ...]:
    """Give what the audit will hold, in order of time; decisions are numbered by the ids of their requests."""
    staff_by_number = {each.own_number: each for each in traffic.staff if each.own_number}
    known = set[tuple[str, NhsNumber]]()
    of_one_name = _of_one_name(cohort)
    claimed: dict[tuple[str, NhsNumber], datetime] = {}
    found: list[Access] = []
    for at, visit, step in traffic.steps():
        opens = step.kind is not StepKind.FIND
        who = (visit.member.username, step.about)
        if opens and who not in known:
            known.add(who)
            found.append(_find(visit.member, step, at))
        if step.kind is StepKind.CLAIM:
            if not _objects(cohort.people[step.about]):
                claimed[who] = at
            continue
        is_claimed = who in claimed and at < claimed[who] + CLAIM_LASTS
        is_related = is_claimed or is_in_stay(cohort, step.about, visit.member.organisation, at)
        reason = _reason(visit.member, cohort.people[step.about], is_related) if opens else OPEN
        marks = _marks(staff_by_number, visit.member, cohort.people[step.about]) if opens else ()
        made = _access(visit.member, step, at, reason, frozenset(marks))
        found.append(
            made if opens or step.about not in of_one_name else replace(made, patient=None)
        )
    return tuple(found)


def _of_one_name(cohort: Cohort) -> frozenset[NhsNumber]:
    """Give everybody who shares family name and birth date with somebody, such as a twin: both are found."""
    names = [(each.family_name, each.born_on) for each in cohort.people.values()]
    counted = Counter(names)
    return frozenset(
        each.nhs_number
        for each in cohort.people.values()
        if counted[(each.family_name, each.born_on)] > 1
    )


def _find(member: StaffMember, step: Step, at: datetime) -> Access:
    finding = Step(uuid5(step.request_id, "number"), StepKind.FIND, step.about, timedelta())
    return _access(member, finding, at, OPEN, frozenset())


def _access(
    member: StaffMember, step: Step, at: datetime, reason: str, marks: frozenset[Mark]
) -> Access:
    return Access(
        decision_id=step.request_id,
        at=at,
        user_id=member.user.user_id,
        user_name=f"{member.user.given_name} {member.user.family_name}",
        role=member.user.role_name,
        organisation=member.organisation,
        act=_ACTS[step.kind],
        purpose="TREAT",
        patient=step.about.digits,
        is_allowed=reason == OPEN,
        reason=reason,
        marks=marks,
    )


def _reason(member: StaffMember, person: Person, is_related: bool) -> str:
    if not is_related and member.organisation not in {person.practice, *person.contacts_of}:
        return "no-relationship"
    return "sharing-restricted" if _objects(person) else OPEN


def _objects(person: Person) -> bool:
    return person.objects_to.issuperset(SourceKind)


def _marks(staff_by_number, member: StaffMember, person: Person) -> Iterator[Mark]:
    if person.nhs_number == member.own_number:
        yield Mark.OWN_RECORD
        return
    if (person.postcode, person.address_lines[0]) == (member.postcode, member.address_line):
        yield Mark.SAME_HOUSEHOLD
    if _halves(person.family_name) & _halves(member.user.family_name):
        yield Mark.SAME_SURNAME
    colleague = staff_by_number.get(person.nhs_number)
    if colleague is not None and colleague.organisation == member.organisation:
        yield Mark.COLLEAGUE


def _halves(name: str) -> set[str]:
    return {name, *name.split("-")}
