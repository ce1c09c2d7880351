"""Give the attachments that a reader may open addresses of ours, and no others any.

Fetches nothing. An attachment is opened only from an item that is shown whole, by a reader whose role may
open documents, and not where it could tell what is hidden elsewhere; its Binary id is made from the item's, so
it needs no table. FHIR R4, Attachment and Binary.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, structs
from typing_extensions import override

from adapters.document_contract import DocumentSource
from fhir_profiles.headers import ENTERED_IN_ERROR
from fhir_profiles.inline_documents import without_inline_content
from fhir_profiles.spans import read_resource
from fhir_profiles.vocabulary import Category
from gateway.access.permit import Permit
from gateway.access.sharing import NOTHING, Coverage
from gateway.patient.ids import derived_id
from gateway.patient.items import Item
from gateway.patient.narrow import Kept
from gateway.patient.work import worked_of
from rbac.types import Act, Level

OPENED_TYPES = frozenset({"DiagnosticReport", "DocumentReference", "Media"})
"""Kinds of item whose attachments are part of the record; a photograph of a person is not."""


class Attachment(Struct, frozen=True, eq=False):
    """One attachment that may be opened: its Binary id here, and the address that its source gives.

    `body` is the resource it stands in; `in_view` gives the outward reference for what the source's reference
    names, None if it is not wholly in view.
    """

    id: str
    address: str
    body: bytes
    in_view: Callable[[str], bytes | None]

    @override
    def __repr__(self) -> str:
        return "Attachment(…)"


def attachments_of(
    kept: Kept,
    new_id: str,
    permit: Permit,
    documents: DocumentSource | None,
    in_view: Callable[[str], bytes | None],
    openings: "Openings",
) -> tuple[Attachment, ...]:
    """Name the attachments of one item that may be opened under a permit."""
    slots = kept.worked.template.attachment_slots
    if not slots or documents is None or not openings.may_open(kept):
        return ()
    source_id = kept.item.source_id

    def wholly_in_view(text: str) -> bytes | None:
        return None if openings.hides(source_id, text) else in_view(text)

    return tuple(
        Attachment(
            derived_id(permit.patient_id, (new_id, "attachment", address)),
            address,
            kept.worked.body,
            wholly_in_view,
        )
        for address in dict.fromkeys(slot.url for slot in slots)
        if documents.holds(address) and openings.may_follow(kept, address)
    )


def addresses_of(attachments: tuple[Attachment, ...]) -> Mapping[str, bytes]:
    """Give our address for each address of the source's that may be told so."""
    return {each.address: f"Binary/{each.id}".encode() for each in attachments}


class Openings:
    """What of one joined record its reader may open, by all of the record: also by what narrowing took away."""

    def __init__(
        self,
        record: Iterable[Item],
        kept: Sequence[Kept],
        permit: Permit,
        shared: Mapping[str, Coverage],
    ) -> None:
        whole = {id(each.item) for each in kept if _is_whole(each)}
        may_open = (Act.OPEN_DOCUMENT, Category.DOCUMENTS) in permit.levels.acts
        self._may_read = may_open and permit.granted.may_read("Binary")
        self._shared = shared
        self._by_name: dict[_Name, list[Item]] = defaultdict(list)
        self._hiding: set[str] = set()
        self._hidden: set[int] = set()
        self._closed: set[_Name] = set()
        for item in record:
            self._take(item, is_hidden=id(item) not in whole)

    def may_open(self, kept: Kept) -> bool:
        """Say whether what is attached to an item, or stands in its attachments, may be opened."""
        return (
            self._may_read
            and _is_whole(kept)
            and kept.worked.type in OPENED_TYPES
            # What its source has withdrawn may be another person's letter.
            and kept.worked.standing != ENTERED_IN_ERROR
            and not self._leads_to_hidden(kept.item)
        )

    def may_follow(self, kept: Kept, address: str) -> bool:
        """Say whether nothing that is hidden or withdrawn has the same document."""
        return (kept.item.source_id, _document_name(address)) not in self._closed

    def hides(self, source_id: str, text: str) -> bool:
        """Say whether a source's reference names something that is not wholly in view."""
        named = self._by_name.get((source_id, _resource_name(text)), ())
        return any(id(each) in self._hidden for each in named if each.worked.type != "Patient")

    def without_unopened(self, kept: Sequence[Kept]) -> tuple[Kept, ...]:
        """Leave out the documents that stand in items themselves, where they may not be opened."""
        return tuple(map(self._without_unopened, kept))

    def _without_unopened(self, kept: Kept) -> Kept:
        body = without_inline_content(kept.worked.body)
        # What stands in an item is not opened one at a time, and nothing tells a scan from a photograph.
        has_images = self._shared.get(kept.item.source_id, NOTHING).has_images
        if body is None or (self.may_open(kept) and has_images):
            return kept
        span = read_resource(body)
        assert span is not None  # a resource that could be read, with a stub in it
        full_url = kept.worked.span.full_url
        return Kept(kept.item, worked_of(structs.replace(span, full_url=full_url)), kept.level)

    def _take(self, item: Item, *, is_hidden: bool) -> None:
        for name in item.worked.names:
            self._by_name[item.source_id, _resource_name(name)].append(item)
        if is_hidden:
            self._hidden.add(id(item))
            self._hiding.add(item.source_id)
        if is_hidden or item.worked.standing == ENTERED_IN_ERROR:
            addresses = (slot.url for slot in item.worked.template.attachment_slots)
            self._closed |= {(item.source_id, _document_name(each)) for each in addresses}

    def _leads_to_hidden(self, item: Item) -> bool:
        """Say whether an item, or a result that it is made of, refers to anything that is not wholly in view."""
        seen, waiting = {id(item)}, [item]
        while waiting:
            each = waiting.pop()
            if each.worked.names_something_untold and each.source_id in self._hiding:
                # It names, in some other way, something that may be what is hidden.
                return True
            found = [one for one in self._named_by(each) if id(one) not in seen]
            if any(id(one) in self._hidden for one in found):
                return True
            seen |= {id(one) for one in found}
            waiting += [one for one in found if one.worked.type in _RESULTS]
        return False

    def _named_by(self, item: Item) -> Sequence[Item]:
        names = {(item.source_id, _resource_name(text)) for text in item.worked.reference_names}
        named = [each for name in names for each in self._by_name.get(name, ())]
        return [each for each in named if each.worked.type != "Patient"]


_Name = tuple[str, str]
_RESULTS = frozenset({"DiagnosticReport", "Observation"})
_DOCUMENT = re.compile(r"Binary/([^/?#]+)")


def _is_whole(kept: Kept) -> bool:
    return kept.level is Level.ALL and kept.worked is kept.item.worked


def _resource_name(text: str) -> str:
    """Give the type and id of a reference, wherever it says that it is: more may be meant by it, never less."""
    return "/".join(text.partition("/_history/")[0].rsplit("/", 2)[-2:])


def _document_name(address: str) -> str:
    found = _DOCUMENT.search(address)
    return address if found is None else found[1]
