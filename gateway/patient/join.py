"""Join the sources' answers into the view of one reader: verify, group, label, narrow, derive.

Pure but for remembered work: asks nobody, records nothing. The order of the steps is that of
docs/decisions/0007, section 3, and only what narrowing left is ever derived from, counted or rendered.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from hashlib import blake2b

from msgspec import structs

from adapters.contract import Outcome, SourceAnswer
from fhir_profiles import systems
from fhir_profiles.spans import ResourceSpan
from fhir_profiles.vocabulary import Category
from gateway.access.guarded import CallSite, told
from gateway.access.permit import Permit
from gateway.access.scopes import EVERYTHING
from gateway.patient.attachments import Openings, addresses_of, attachments_of
from gateway.patient.derive import derive
from gateway.patient.directory import SourceDirectory
from gateway.patient.group import groups_of
from gateway.patient.ids import PatientIds
from gateway.patient.in_scope import listed, narrow_to_scope
from gateway.patient.items import Item
from gateway.patient.label import LabelsOf, label, labels_by_lists
from gateway.patient.local_ids import local_ids_of
from gateway.patient.narrow import Kept, Narrowed, narrow
from gateway.patient.originals import Originals
from gateway.patient.own_items import derived_item, person_items
from gateway.patient.receipt import Receipt, SourceEnd, receipt_of
from gateway.patient.shown import ShownItem
from gateway.patient.splice import ReferenceIndex, Resolve, fill, no_address
from gateway.patient.terms import shared_by_source, terms_of
from gateway.patient.told_ends import told_ends
from gateway.patient.verify import Verified, verify
from gateway.patient.work import WorkedAnswer, WorkMemory


@dataclass(frozen=True, slots=True)
class View:
    """One reader's view of one person.

    Shape: `items` holds the Patient first, then the sources' items in the directory's order, then what
    was derived. `ends` is the truth for audit; `receipt` is what the reader is told.
    """

    permit: Permit
    items: tuple[ShownItem, ...]
    receipt: Receipt
    ends: tuple[SourceEnd, ...]
    withheld: Mapping[str, int]
    basis: bytes
    """Hash over the answers' bytes: with the ids and levels shown, it fixes what the reader saw."""

    @property
    def listed(self) -> tuple[ShownItem, ...]:
        """Give the items that may be found; the others are read by whoever knows their ids."""
        return tuple(listed(self.items, self.permit.granted))


@dataclass(frozen=True, slots=True)
class Joiner:
    """Join answers with the deployment's ids, directory and remembered work."""

    directory: SourceDirectory
    ids: PatientIds
    memory: WorkMemory
    clock: Callable[[], datetime]
    labels_by: LabelsOf = labels_by_lists

    def join(self, permit: Permit, answers: Sequence[SourceAnswer]) -> View:
        """Join one permit's answers; `answers` runs in the directory's order."""
        worked = [self.memory.read(answer) for answer in answers]
        verified = [verify(answer, permit.person, permit.patient) for answer in worked]
        ends = tuple(map(_end, answers, verified))
        narrowed, openings = self._narrow(permit, verified)
        originals = Originals({answer.source_id: answer for answer in answers})
        items = self._show(permit, narrowed, verified, originals, openings)
        shared = shared_by_source(self.directory, permit)
        return View(
            permit=permit,
            items=items,
            receipt=receipt_of(
                told_ends(permit, shared, ends, answers, narrowed),
                _counts(listed(items, permit.granted)),
            ),
            ends=ends,
            withheld=narrowed.withheld,
            basis=_basis(worked),
        )

    def _narrow(self, permit: Permit, verified: Sequence[Verified]) -> tuple[Narrowed, Openings]:
        items = [item for each in verified for item in self._items(permit, each)]
        labelled = told(
            CallSite.LABELS, lambda: label(items, groups_of(items), self.labels_by), tuple
        )
        terms = terms_of(self.directory, permit, self.clock())
        by_policy = narrow(labelled, terms)
        # A document that the policy closes stays closed, whatever scopes leave of what it tells of.
        openings = Openings(items, by_policy.kept, permit, terms.shared)
        narrowed = by_policy
        if permit.granted != EVERYTHING:
            narrowed = narrow_to_scope(labelled, by_policy, terms, permit.granted)
        return replace(narrowed, kept=openings.without_unopened(narrowed.kept)), openings

    def _items(self, permit: Permit, verified: Verified) -> Iterable[Item]:
        source = self.directory.by_id()[verified.source_id]
        writer = source.written_by(permit.person.practice)
        is_own = writer is not None and writer == permit.principal.organisation
        return (Item(verified.source_id, each, is_own) for each in verified.proven)

    def _show(
        self,
        permit: Permit,
        narrowed: Narrowed,
        verified: Sequence[Verified],
        originals: Originals,
        openings: Openings,
    ) -> tuple[ShownItem, ...]:
        kept = narrowed.kept
        new_ids = [
            self.ids.resource_id(
                permit.patient_id, each.item.source_id, each.item.worked.type, local_id
            )
            for each, local_id in zip(kept, local_ids_of(kept), strict=True)
        ]
        indexes = _indexes(permit, kept, new_ids, verified)
        shown = [
            _shown(each, new_id, group, indexes[each.item.source_id], originals)
            for each, new_id, group in zip(kept, new_ids, _shown_groups(kept), strict=True)
        ]
        shown = [
            self._with_attachments(
                permit, each, item, indexes[each.item.source_id], originals, openings
            )
            if each.worked.template.attachment_slots
            else item
            for each, item in zip(kept, shown, strict=True)
        ]
        derived = derive(permit.patient_id, listed(shown, permit.granted))
        items = (*person_items(permit), *shown, *map(derived_item, derived))
        return tuple(each for each in items if permit.granted.shows(each.resource_type))

    def _with_attachments(
        self,
        permit: Permit,
        kept: Kept,
        item: ShownItem,
        index: ReferenceIndex,
        originals: Originals,
        openings: Openings,
    ) -> ShownItem:
        source = self.directory.by_id()[kept.item.source_id]
        documents = source.documents_for(permit.person.practice)
        attachments = attachments_of(kept, item.id, permit, documents, index.resolve, openings)
        if not attachments:
            return item
        address = addresses_of(attachments).get
        return structs.replace(
            item,
            render=partial(_render, kept, item.id.encode(), index, address),
            original=partial(originals.of, kept, index, address),
            attachments=attachments,
        )


def _shown_groups(kept: Sequence[Kept]) -> list[int]:
    """Find the same item again among what is shown: a hidden tie must not tie, nor part, what the reader sees."""
    return groups_of([Item(each.item.source_id, each.worked, each.item.is_own) for each in kept])


def _indexes(
    permit: Permit, kept: Sequence[Kept], new_ids: Sequence[str], verified: Sequence[Verified]
) -> dict[str, ReferenceIndex]:
    """Make, for each source, the map from its own names to ours, of what is in view only."""
    indexes = {each.source_id: ReferenceIndex() for each in verified}
    for found in verified:
        for name in found.patients:
            # The source's Patient is the person: whatever refers to it refers to the one that is found.
            indexes[found.source_id].add_name(name, b"Patient/" + permit.patient_id.encode())
    for each, new_id in zip(kept, new_ids, strict=True):
        if each.item.worked.type != "Patient":
            indexes[each.item.source_id].add(_named_span(each), new_id.encode())
    return indexes


def _named_span(kept: Kept) -> ResourceSpan:
    """Give what is shown of a resource under the names that its source has for it, and under no hidden one."""
    own, shown = kept.item.worked.span, kept.worked.span
    if shown is own:
        return own
    return structs.replace(
        shown, header=structs.replace(shown.header, id=own.header.id), full_url=own.full_url
    )


def _shown(
    kept: Kept, new_id: str, group: int, index: ReferenceIndex, originals: Originals
) -> ShownItem:
    item, worked = kept.item, kept.worked
    return ShownItem(
        id=new_id,
        header=worked.header,
        category=item.category,
        level=kept.level,
        source_id=item.source_id,
        group=None if item.category is None else group,
        render=partial(_render, kept, new_id.encode(), index),
        original=partial(originals.of, kept, index),
    )


def _render(
    kept: Kept, new_id: bytes, index: ReferenceIndex, address: Resolve = no_address
) -> list[bytes]:
    category = kept.item.worked.category
    return fill(
        kept.worked.template,
        new_id=new_id,
        source_uri=_source_uri(kept.item.source_id),
        category=None if category is None else _CATEGORY_WORDS[category],
        resolve=index.resolve,
        address=address,
    )


_CATEGORY_WORDS = {category: category.value.encode() for category in Category}


@cache
def _source_uri(source_id: str) -> bytes:
    return systems.source_uri(source_id).encode()


def _end(answer: SourceAnswer, verified: Verified) -> SourceEnd:
    if verified.outcome is Outcome.WRONG_PATIENT:
        # What else the answer says is about somebody else, and would tell this refusal from others.
        return SourceEnd(answer.source_id, verified.outcome, verified.reason)
    return SourceEnd(
        source_id=answer.source_id,
        outcome=verified.outcome,
        reason=verified.reason,
        notices=answer.notices,
        stale_since=answer.stale_since,
        has_proven_data=bool(verified.proven),
        differences=verified.differences,
    )


def _counts(items: Iterable[ShownItem]) -> Mapping[str, int]:
    return Counter(item.source_id for item in items if item.source_id is not None)


def _basis(answers: Iterable[WorkedAnswer]) -> bytes:
    digest = blake2b(digest_size=32)
    for answer in answers:
        digest.update(f"{answer.source_id}:{answer.outcome}:{len(answer.digests)};".encode())
        for page in answer.digests:
            digest.update(page)
    return digest.digest()
