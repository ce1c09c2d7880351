"""Account for every resource of a published file: shown in the view, or listed with one of six reasons."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import SimpleNamespace

from adapters.contract import SourceAnswer
from adapters.simulators.truth import Person
from fhir_profiles.classify import is_known_type
from fhir_profiles.headers import needs_subject
from fhir_profiles.issues import IssueKind
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.validate import Verdict, verdict_r4, verdict_stu3
from fhir_profiles.vocabulary import Category
from gateway.patient.group import groups_of
from gateway.patient.items import Item
from gateway.patient.label import label, labels_by_lists
from gateway.patient.narrow import Kept, Terms, narrow
from gateway.patient.shown import ShownItem
from gateway.patient.verify import verify
from gateway.patient.work import Worked, WorkedAnswer, WorkMemory
from gateway.wiring import now
from rbac.roles import Role
from rbac.types import Act
from tests.adapters.scalar_account import leaves_of, unaccounted
from tests.patient.factories import DIRECTORY, EVERYTHING_AGREED, IDS, joined, levels, person
from tests.published.comparing import compared


class Why(StrEnum):
    """Why a resource of a published file is not in the view of a reader who may see everything."""

    ABOUT_THE_EXCHANGE = "about-the-exchange"  # A message's header, a server's remark.
    NOT_CARE_RECORD = "not-care-record"  # Billing, plumbing, blank forms: types that are not shown.
    NOT_ABOUT_THE_PERSON = "not-about-the-person"  # Nothing proves whose it is, or it is a place's.
    UNREACHED = "unreached"  # Nobody's own, and nothing that is shown leads to it.
    REPEAT = "repeat"  # Byte for byte another resource of the same answer.
    WITHHELD = "withheld"  # Retracted, about what is shown to nobody, or a list that names such.


_MODEL_FAULTS = frozenset(
    {
        IssueKind.MODEL_FAILED,
        IssueKind.STRUCTURE,
        IssueKind.UNKNOWN_ELEMENT,
        IssueKind.UNKNOWN_TYPE,
        IssueKind.UNREADABLE,
    }
)
_EXCHANGE = frozenset({"MessageHeader", "OperationOutcome"})


@dataclass(frozen=True)
class Account:
    """What became of one file.

    `untold` counts references without an address, which no view tells; `differing` other differences from
    the source; `faulty` shown resources that fail the models, of which `ours` do not at their source.
    """

    file: str
    outcome: str
    given: int
    shown: int
    listed: Counter[str]
    untold: int
    differing: int
    faulty: int
    ours: int = 0
    scalars: int = 0
    scalars_listed: int = 0
    scalars_lost: int = 0

    @property
    def is_balanced(self) -> bool:
        return self.given == self.shown + sum(self.listed.values())


@dataclass(frozen=True)
class Read:
    """One answer as far as a reader who may see everything gets it."""

    answer: SourceAnswer
    worked: WorkedAnswer
    proven: frozenset[int]
    kept: tuple[Kept, ...]
    shown: tuple[ShownItem, ...]
    outcome: str
    reason: str

    @property
    def shown_ids(self) -> frozenset[int]:
        return frozenset(id(each.item.worked) for each in self.kept)

    def why_not(self, resource: Worked) -> Why | None:
        """Say why one resource of the answer is not shown; None when it is."""
        if id(resource) in self.shown_ids:
            return None
        if resource.type in _EXCHANGE or not is_known_type(resource.type):
            return why_never_there(resource.type)
        is_nobodys = resource.category is None and not resource.annotates
        if id(resource) in self.proven:
            return Why.UNREACHED if is_nobodys else Why.WITHHELD
        is_claimed = resource.subjects or needs_subject(resource.type)
        return Why.NOT_ABOUT_THE_PERSON if is_claimed else Why.UNREACHED


def why_never_there(resource_type: str) -> Why:
    """Say why a resource of this type did not come with an answer."""
    if resource_type in _EXCHANGE:
        return Why.ABOUT_THE_EXCHANGE
    return Why.UNREACHED if is_known_type(resource_type) else Why.NOT_CARE_RECORD


def read_answer(answer: SourceAnswer, who: Person) -> Read:
    """Verify, label and narrow one answer for a reader who may see everything, and show it."""
    demographics = person(
        nhs_number=who.nhs_number,
        family_name=who.family_name,
        given_names=who.given_names,
        gender=who.gender,
        born_on=who.born_on.isoformat(),
        practice=who.practice,
    )
    worked = WorkMemory(lambda: 0.0).read(answer)
    verified = verify(worked, demographics, who.nhs_number)
    items = [Item(answer.source_id, each, False) for each in verified.proven]
    released = {source.source_id: source.supplies for source in DIRECTORY.sources}
    labelled = label(items, groups_of(items), labels_by_lists)
    shared = dict.fromkeys(released, EVERYTHING_AGREED)
    kept = narrow(labelled, Terms(levels(), False, released, now(), Role.GP.value, shared)).kept
    opening = {*levels().acts, (Act.OPEN_DOCUMENT, Category.DOCUMENTS)}
    allowed = {
        "patient": who.nhs_number,
        "patient_id": IDS.seal(who.nhs_number),
        "levels": replace(levels(), acts=frozenset(opening)),
    }
    view = joined(answer, person=demographics, **allowed)
    shown = tuple(each for each in view.items if each.source_id == answer.source_id)
    assert len(shown) == len(kept)
    proven = frozenset(map(id, verified.proven))
    return Read(answer, worked, proven, kept, shown, verified.outcome, verified.reason)


def account_of_answer(
    file: str, found: Read, published: Sequence[tuple[str, str]], number: NhsNumber
) -> Account:
    """Account for an R4 file: `published` gives each resource's type and what its source calls it."""
    by_name = {name: each for each in found.worked.resources for name in each.names}
    reasons = [
        found.why_not(by_name[name]) if name in by_name else why_never_there(resource_type)
        for resource_type, name in published
    ]
    return _account(file, found, number, reasons)


def account_of_mapped(file: str, served: bytes, found: Read, number: NhsNumber) -> Account:
    """Account for a GP file as served, what its lists contain included: the mapping keeps the order."""
    types = [each["resource"]["resourceType"] for each in json.loads(served)["entry"]]
    (body,) = found.answer.bodies
    repeats = len(json.loads(body)["entry"]) - len(found.worked.resources)
    reasons = [found.why_not(each) for each in found.worked.resources]
    reasons += [Why.ABOUT_THE_EXCHANGE] * types.count("OperationOutcome")
    reasons += [Why.REPEAT] * repeats
    listed = found.answer.listed
    return replace(
        _account(file, found, number, reasons),
        ours=sum(_is_our_fault(found, kept) for kept in found.kept),
        scalars=sum(1 for _leaf in leaves_of(json.loads(served))),
        scalars_listed=len(listed),
        scalars_lost=unaccounted(served, SimpleNamespace(body=body, listed=listed)).total(),
    )


def _account(file: str, found: Read, number: NhsNumber, reasons: Sequence[Why | None]) -> Account:
    pairs = tuple(zip(found.kept, found.shown, strict=True))
    against_source = compared(found.answer.source_id, pairs, number)
    return Account(
        file,
        f"{found.outcome} {found.reason}",
        len(reasons),
        reasons.count(None),
        Counter(str(why) for why in reasons if why is not None),
        against_source.untold,
        len(against_source.differing),
        sum(_is_faulty(verdict_r4(kept.item.worked.body)) for kept in found.kept),
    )


def _is_faulty(verdict: Verdict) -> bool:
    return any(issue.kind in _MODEL_FAULTS for issue in verdict.issues)


def _is_our_fault(found: Read, kept: Kept) -> bool:
    worked = kept.item.worked
    if not _is_faulty(verdict_r4(worked.body)):
        return False
    original = found.answer.originals.get((worked.type, worked.header.id or ""))
    return original is not None and not _is_faulty(verdict_stu3(original))
