"""Find by an exact scan what a view must replace in a resource's bytes, whatever their shape.

Slow: for the resources whose shape the patterns of `slots` do not know. Gives for theirs the same.
Follows HL7 FHIR R4, sections 2.3 (references), 2.4 (narrative) and 2.24.0.3 (Attachment).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from fhir_profiles.json_scan import JsonObject, Member, objects_in
from fhir_profiles.logical_references import is_logical, names_care, patient_named_in
from fhir_profiles.meta_slots import meta_slot
from fhir_profiles.templates import (
    NO_ADDRESS,
    STUB,
    AttachmentSlot,
    MetaSlot,
    ReferenceSlot,
    Template,
)

ATTACHMENT_KEYS = frozenset(
    {
        "attachment",
        "content",
        "contentAttachment",
        "defaultValueAttachment",
        "document",
        "image",
        "legallyBindingAttachment",
        "photo",
        "presentedForm",
        "sourceAttachment",
        "valueAttachment",
    }
)
"""Elements of type Attachment in R4; any object with a `contentType` counts as one too."""


class _Kind(Enum):
    ID = auto()
    META = auto()
    REFERENCE = auto()
    ADDRESS = auto()
    REMOVED = auto()
    UNTOLD = auto()
    PATIENT = auto()


_NOWHERE = (0, 0)


@dataclass(frozen=True, slots=True)
class _Edit:
    """Bytes that give way; `value` is where the string stands that a reference or address is."""

    kind: _Kind
    start: int
    end: int
    value: tuple[int, int] = _NOWHERE
    before: bytes = b""
    after: bytes = b""
    target: str = ""


def exact_template(body: bytes) -> Template:
    """Find the slots of any resource whose bytes are one valid JSON object."""
    objects = objects_in(body)
    edits = [*_top_edits(objects[0])]
    for item in objects:
        edits += _edits_in(body, item)
    return _Builder(body, sorted(edits, key=lambda edit: edit.start)).build()


def _top_edits(top: JsonObject) -> Iterator[_Edit]:
    # The sort is stable and what starts inside an edit is skipped, so these come before all others.
    opening = top.start + 1
    if member := top.member("id"):
        yield _Edit(_Kind.ID, member.value_start, member.value_end, before=b'"', after=b'"')
    else:
        yield _Edit(_Kind.ID, opening, opening, before=b'"id":"', after=b'",')
    if member := top.member("meta"):
        yield _Edit(_Kind.META, member.value_start, member.value_end)
    else:
        yield _Edit(_Kind.META, opening, opening, before=b'"meta":', after=b",")


def _edits_in(body: bytes, item: JsonObject) -> Iterator[_Edit]:
    removed = [member for member in item.members if _is_narrative(body, member)]
    if address := address_of(body, item):
        value = (address.value_start, address.value_end)
        yield _Edit(_Kind.ADDRESS, address.key_start, address.value_end, value)
        removed += [
            member
            for member in item.members
            if member.key in {"url", "_url"} and member is not address
        ]
    yield from _removals(body, item.members, {member.key_start for member in removed})
    named = [member for member in item.members if member.key == "reference"]
    if item.path and any(_is_string(body, member) for member in named):
        # Two names for one target can both tell: such a reference is never resolved.
        value = (named[0].value_start, named[0].value_end) if len(named) == 1 else _NOWHERE
        yield _Edit(_Kind.REFERENCE, item.start, item.end, value)
    elif is_logical(body, item) and not names_care(body, item):
        yield _untold(body, item)


def _untold(body: bytes, item: JsonObject) -> _Edit:
    patient = patient_named_in(body, item)
    if patient is None:
        return _Edit(_Kind.UNTOLD, item.start, item.end, before=STUB)
    return _Edit(_Kind.PATIENT, item.start, item.end, target=patient)


def _is_narrative(body: bytes, member: Member) -> bool:
    return member.key == "text" and body[member.value_start : member.value_start + 1] == b"{"


def _is_string(body: bytes, member: Member) -> bool:
    return body[member.value_start : member.value_start + 1] == b'"'


def address_of(body: bytes, item: JsonObject) -> Member | None:
    """Give the member that is an Attachment's address; None for any other object."""
    address = item.member("url") if is_attachment(item) else None
    return address if address and _is_string(body, address) else None


def is_attachment(item: JsonObject) -> bool:
    """Say whether an object is an Attachment, or may be one."""
    return bool(item.path) and (
        item.path[-1] in ATTACHMENT_KEYS or item.member("contentType") is not None
    )


def _removals(body: bytes, members: tuple[Member, ...], removed: set[int]) -> Iterator[_Edit]:
    """Take members out with one comma each, so that what is left is an object again."""
    if not removed:
        return
    first = next((member for member in members if member.key_start not in removed), None)
    start = members[0].key_start
    end = first.key_start if first else members[-1].value_end
    if end > start:
        yield _Edit(_Kind.REMOVED, start, end)
    for previous, member in pairwise(members):
        if member.key_start in removed and member.key_start > end:
            yield _Edit(_Kind.REMOVED, body.index(b",", previous.value_end), member.value_end)


class _Builder:
    def __init__(self, body: bytes, edits: list[_Edit]) -> None:
        self._body = body
        self._edits = edits
        self._pieces = [b""]
        self._id_at = 0
        self._meta = MetaSlot(0, b"")
        self._references: list[ReferenceSlot] = []
        self._attachments: list[AttachmentSlot] = []
        self._has_untold = False
        self._patients = [edit.target for edit in edits if edit.kind is _Kind.PATIENT]

    def build(self) -> Template:
        position = 0
        for edit in self._edits:
            if edit.start < position or self._is_contained_reference(edit):
                continue
            self._pieces[-1] += self._body[position : edit.start] + edit.before
            self._slot(edit)
            position = edit.end
        self._pieces[-1] += self._body[position:]
        return Template(
            tuple(self._pieces),
            self._id_at,
            self._meta,
            tuple(self._references),
            tuple(self._attachments),
            self._has_untold,
            tuple(self._patients),
        )

    def _slot(self, edit: _Edit) -> None:
        at = len(self._pieces)
        match edit.kind:
            case _Kind.ID:
                self._id_at = at
            case _Kind.META:
                self._meta = meta_slot(at, self._static(edit.start, edit.end) or b"{}")
            case _Kind.REFERENCE:
                self._references.append(self._reference(at, edit))
            case _Kind.ADDRESS:
                self._attachments.append(AttachmentSlot(at, self._text(edit)))
            case _Kind.PATIENT:
                self._references.append(ReferenceSlot(at, edit.target, b'{"reference":"', b'"}'))
            case _Kind.UNTOLD:
                self._has_untold = True
                return
            case _Kind.REMOVED:
                return
        self._pieces += (b"", edit.after)

    def _reference(self, at: int, edit: _Edit) -> ReferenceSlot:
        if edit.value == _NOWHERE:
            return ReferenceSlot(at, "", b"", b"")
        start, end = edit.value
        return ReferenceSlot(
            at,
            self._text(edit),
            self._static(edit.start, start) + b'"',
            b'"' + self._static(end, edit.end),
        )

    def _is_contained_reference(self, edit: _Edit) -> bool:
        return edit.kind is _Kind.REFERENCE and self._text(edit).startswith("#")

    def _text(self, edit: _Edit) -> str:
        return "" if edit.value == _NOWHERE else str(json.loads(self._body[slice(*edit.value)]))

    def _static(self, start: int, end: int) -> bytes:
        """Give bytes that stand inside a slot: what would be a slot in them is never told."""
        found: list[bytes] = []
        position = start
        for edit in self._edits:
            if edit.start <= start or edit.end > end or edit.start < position:
                continue
            if self._is_contained_reference(edit):
                continue
            found += (self._body[position : edit.start], _STUBS.get(edit.kind, b""))
            self._has_untold |= _STUBS.get(edit.kind) is STUB
            position = edit.end
        return b"".join((*found, self._body[position:end]))


_STUBS = {
    _Kind.REFERENCE: STUB,
    _Kind.PATIENT: STUB,
    _Kind.UNTOLD: STUB,
    _Kind.ADDRESS: NO_ADDRESS,
}
