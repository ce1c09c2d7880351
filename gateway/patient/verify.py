"""Prove that what a source sent is about the person who was asked for, resource by resource.

Repairs nothing and fetches nothing. Proven is kept; unproven is dropped and counted; one foreign resource
rejects the whole answer. docs/decisions/0007, section 2; HL7 FHIR R4, section 2.3.0 (references).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from adapters.contract import Demographics, Outcome, Reason
from fhir_profiles.contained import contained_bodies
from fhir_profiles.headers import Reference, needs_subject, subjects_of
from fhir_profiles.logical_references import PATIENT_BY_NUMBER
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.references import ParsedReference, ReferenceKind, parse_reference
from fhir_profiles.systems import NHS_NUMBER_ACCEPTED
from gateway.patient.people import Comparison, Difference, Standing, compare, number_of
from gateway.patient.work import Worked, WorkedAnswer

ADMINISTRATIVE_TYPES = frozenset(
    {
        "Account",
        "ChargeItem",
        "Claim",
        "ClaimResponse",
        "Coverage",
        "CoverageEligibilityResponse",
        "Endpoint",
        "ExplanationOfBenefit",
        "Invoice",
        "PaymentNotice",
        "SupplyDelivery",
        "SupplyRequest",
    }
)
"""Billing and plumbing: knowingly not part of a care record, so their absence is nothing missing."""

_SPOKEN_TO_US = frozenset({"OperationOutcome", "Bundle", "Parameters"})


class Proof(StrEnum):
    """What a resource's own statement of whose it is amounts to."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    FOREIGN = "foreign"
    NOBODYS = "nobodys"


@dataclass(frozen=True, slots=True)
class Verified:
    """What is left of one answer. `patients` are the names by which its proven Patients are referred to."""

    source_id: str
    outcome: Outcome
    reason: Reason
    proven: tuple[Worked, ...] = ()
    patients: frozenset[str] = frozenset()
    dropped: int = 0
    differences: frozenset[Difference] = frozenset()


def verify(answer: WorkedAnswer, person: Demographics, asked: NhsNumber) -> Verified:
    """Keep what is proven to be about `person`, whose number `asked` was or is."""
    accepted = frozenset({asked, person.nhs_number, *person.superseded})
    resources = [each for each in answer.resources if each.type not in _SPOKEN_TO_US]
    patients = [
        (each, compare(each.body, person, accepted)) for each in resources if each.type == "Patient"
    ]
    rejection = _rejection(comparison for _patient, comparison in patients)
    if rejection is not None:
        return Verified(answer.source_id, Outcome.WRONG_PATIENT, rejection)
    same = [each for each, comparison in patients if comparison.standing is Standing.SAME]
    others = [each for each, comparison in patients if comparison.standing is not Standing.SAME]
    # A name that a Patient without a number claims too may mean either of them: it proves nothing.
    proofs = _Proofs(_names_of(same) - _names_of(others), person, accepted)
    judged = [(each, proofs.of_patient(each)) for each in same]
    judged += [(each, proofs.of(each)) for each in resources if each.type != "Patient"]
    if any(proof is Proof.FOREIGN for _each, proof in judged):
        return Verified(answer.source_id, Outcome.WRONG_PATIENT, Reason.FOREIGN_SUBJECT)
    own = [each for each, proof in judged if proof is Proof.PROVEN and each.is_served]
    nobodys = [each for each, proof in judged if proof is Proof.NOBODYS]
    reached = with_reached(own, nobodys)
    dropped = len(others)
    if len(own) + len(nobodys) < len(judged):
        dropped += sum(_is_dropped(each, proof) for each, proof in judged)
    return _ended(
        answer,
        Verified(
            answer.source_id,
            answer.outcome,
            answer.reason,
            proven=reached,
            patients=proofs.patients | proofs.numbers(),
            dropped=dropped,
            differences=frozenset().union(*(found.differences for _patient, found in patients)),
        ),
    )


def _is_dropped(resource: Worked, proof: Proof) -> bool:
    """Say whether leaving a resource out leaves a gap in the record."""
    is_kept = proof is Proof.NOBODYS or (proof is Proof.PROVEN and resource.is_served)
    return not is_kept and resource.type not in ADMINISTRATIVE_TYPES


def _ended(answer: WorkedAnswer, found: Verified) -> Verified:
    """Say what the answer amounts to when something in it was unreadable, unproven or contradictory."""
    if answer.outcome not in {Outcome.DATA, Outcome.STALE}:
        return found
    if found.dropped:
        return replace(found, outcome=Outcome.MALFORMED, reason=Reason.UNPROVEN)
    if answer.unreadable:
        return replace(found, outcome=Outcome.MALFORMED, reason=Reason.PART_UNREADABLE)
    if has_conflicting_copies(found.proven):
        return replace(found, outcome=Outcome.MALFORMED, reason=Reason.CONFLICTING_COPIES)
    return found


def has_conflicting_copies(resources: Iterable[Worked]) -> bool:
    """Say whether one source sent two different resources under one type and id."""
    names = [each.local_name for each in resources if each.local_name is not None]
    return len(set(names)) < len(names)


def with_reached(proven: Sequence[Worked], nobodys: Sequence[Worked]) -> tuple[Worked, ...]:
    """Add, in the answer's order, what belongs to nobody but is reached by reference from the proven.

    Provenance and lists go the other way: they are added when they speak of something that is kept.
    """
    by_name: dict[str, list[Worked]] = {}
    for each in nobodys:
        for name in each.names if not each.annotates else ():
            by_name.setdefault(name, []).append(each)
    reached: dict[int, Worked] = {}
    waiting: Sequence[Worked] = proven
    while waiting:
        named = _all_named_by(waiting) & by_name.keys()
        found = {id(target): target for name in named for target in by_name[name]}
        waiting = [target for key, target in found.items() if key not in reached]
        reached |= found
    names = _names_of((*proven, *reached.values()))
    added = (
        each
        for each in nobodys
        if id(each) in reached or (each.annotates and not names.isdisjoint(each.reference_names))
    )
    return (*proven, *added)


def _all_named_by(resources: Iterable[Worked]) -> frozenset[str]:
    return frozenset().union(*(each.reference_names for each in resources))


def _rejection(comparisons: Iterable[Comparison]) -> Reason | None:
    standings = {comparison.standing for comparison in comparisons}
    if Standing.OTHER in standings:
        return Reason.FOREIGN_SUBJECT
    if Standing.NOT_VERIFIED in standings:
        return Reason.NUMBER_NOT_VERIFIED
    if Standing.DIFFERENT_DEMOGRAPHICS in standings:
        return Reason.DEMOGRAPHICS_DIFFER
    return None


def _names_of(patients: Iterable[Worked]) -> frozenset[str]:
    return frozenset(name for patient in patients for name in patient.names)


_WORST_FIRST = (Proof.FOREIGN, Proof.UNPROVEN, Proof.PROVEN, Proof.NOBODYS)


@dataclass(frozen=True, slots=True)
class _Proofs:
    """Judge resources by the proven Patients of the same answer."""

    patients: frozenset[str]
    person: Demographics
    accepted: frozenset[NhsNumber]
    _named_before: dict[str, Proof] = field(default_factory=dict)

    def of(self, resource: Worked) -> Proof:
        """Judge one resource: every subject that it names must be the person."""
        inside = self._of_inside(resource) if resource.needs_a_look_inside else frozenset()
        if not inside and len(resource.subjects) == 1:
            return self._of_reference(resource.subjects[0], resource)
        proofs = {self._of_reference(subject, resource) for subject in resource.subjects}
        proofs |= inside
        if Proof.FOREIGN in proofs:
            return Proof.FOREIGN
        if Proof.UNPROVEN in proofs:
            return Proof.UNPROVEN
        if resource.subjects:
            return Proof.PROVEN
        belongs_to_nobody = resource.annotates or not needs_subject(resource.type)
        return Proof.NOBODYS if belongs_to_nobody else Proof.UNPROVEN

    def of_patient(self, patient: Worked) -> Proof:
        """Judge a Patient that carries the person's number by what stands inside it."""
        return min(self._of_inside(patient), key=_WORST_FIRST.index, default=Proof.PROVEN)

    def _of_inside(self, resource: Worked) -> set[Proof]:
        proofs = {self._of_text(text, resource) for text in resource.template.patients}
        if resource.hides_resources:
            proofs.add(Proof.UNPROVEN)
        if resource.header.has_contained:
            proofs |= self._of_everything_inside(resource)
        return proofs

    def numbers(self) -> frozenset[str]:
        """List the references by NHS number that were found to name the person."""
        return frozenset(
            text
            for text, proof in self._named_before.items()
            if proof is Proof.PROVEN and text.startswith(PATIENT_BY_NUMBER)
        )

    def _of_everything_inside(self, resource: Worked) -> set[Proof]:
        """Judge what is contained: it is served with its holder, so nothing in it may be somebody else's."""
        proofs = {
            self._of_reference(subject, resource)
            for header in resource.inner
            for subject in subjects_of(header)
        }
        if any(header.resource_type == "Patient" for header in resource.inner) and any(
            self._is_somebody_else(body) for body in contained_bodies(resource.span)
        ):
            proofs.add(Proof.UNPROVEN)
        return proofs

    def _is_somebody_else(self, body: bytes) -> bool:
        return compare(body, self.person, self.accepted).standing is Standing.OTHER

    def _of_reference(self, subject: Reference, resource: Worked) -> Proof:
        by_identifier = self._of_identifier(subject)
        if subject.reference is None:
            return by_identifier or Proof.UNPROVEN
        if by_identifier is Proof.FOREIGN:
            return Proof.FOREIGN
        return self._of_text(subject.reference, resource)

    def _of_identifier(self, subject: Reference) -> Proof | None:
        identifier = subject.identifier
        if identifier is None or identifier.system not in NHS_NUMBER_ACCEPTED:
            return None
        return self._of_number(identifier.value or "")

    def _of_text(self, text: str, resource: Worked) -> Proof:
        if text.startswith("#"):
            return self._of_parsed(parse_reference(text), text, resource)
        # A record names its one patient in every resource.
        proof = self._named_before.get(text)
        if proof is None:
            proof = self._of_parsed(parse_reference(text), text, resource)
            self._named_before[text] = proof
        return proof

    def _of_parsed(self, parsed: ParsedReference, text: str, resource: Worked) -> Proof:
        match parsed.kind:
            case ReferenceKind.CONDITIONAL if parsed.system in NHS_NUMBER_ACCEPTED:
                return self._of_number(parsed.value or "")
            case ReferenceKind.CONTAINED:
                return self._of_contained(parsed.id or "", resource)
            case ReferenceKind.RELATIVE:
                return self._named(f"{parsed.resource_type}/{parsed.id}")
            case ReferenceKind.ABSOLUTE:
                return self._named(f"{parsed.base}/{parsed.resource_type}/{parsed.id}")
            case _:
                return self._named(text)

    def _named(self, name: str) -> Proof:
        return Proof.PROVEN if name in self.patients else Proof.UNPROVEN

    def _of_number(self, text: str) -> Proof:
        number = number_of(text)
        if number not in self.accepted:
            return Proof.FOREIGN
        # A number alone, without the source's own Patient that says it is verified, proves nothing.
        return Proof.PROVEN if self.patients else Proof.UNPROVEN

    def _of_contained(self, local_id: str, resource: Worked) -> Proof:
        body = resource.contained_body(local_id)
        if body is None:
            return Proof.UNPROVEN
        match compare(body, self.person, self.accepted).standing:
            case Standing.SAME:
                return Proof.PROVEN
            case Standing.OTHER | Standing.NOT_VERIFIED | Standing.DIFFERENT_DEMOGRAPHICS:
                return Proof.FOREIGN
            case Standing.NO_NUMBER:
                return Proof.UNPROVEN
            case _ as never:
                assert_never(never)
