"""Split a FHIR Bundle into its resources' bytes and headers.

Does not change a byte of a resource and judges no content: what two readers could read differently is
counted or refused, never guessed. Follows RFC 8259 and HL7 FHIR R4, Bundle.
"""

from collections.abc import Iterator

import msgspec
from msgspec import UNSET, Struct
from typing_extensions import override

from fhir_profiles.bundle_labels import labels_of_bundle
from fhir_profiles.datatypes import Coding, Kept
from fhir_profiles.header_fields import Header
from fhir_profiles.json_scan import escapes_a_key, may_escape_a_key, repeats_a_key
from fhir_profiles.lenient_headers import lenient_header
from fhir_profiles.members import (
    Members,
    items_of,
    members_or_none,
    text_of,
    unique_members,
    whole_number_of,
)


class UnreadablePageError(ValueError):
    """Say that a body cannot be read as one Bundle; the message never holds any of it."""


class ResourceSpan(Struct, frozen=True, gc=False):
    """One resource as its source wrote it, and its header; a struct because a dataclass costs five times it.

    `is_lenient` says that elements had wrong JSON types and count as missing in the header.
    """

    body: bytes
    header: Header
    full_url: str | None = None
    search_mode: str | None = None
    is_lenient: bool = False

    @override
    def __repr__(self) -> str:
        return f"ResourceSpan({self.header.resource_type}, …)"


class Page(Struct, frozen=True):
    """One Bundle. `unreadable` counts entries whose resource nobody can read for certain.

    `security` are the labels of the Bundle itself, which are about everything in it (FHIR R4, section 6.1.1).
    """

    resources: tuple[ResourceSpan, ...]
    next_link: str | None = None
    bundle_type: str | None = None
    total: int | None = None
    unreadable: int = 0
    security: tuple[Coding, ...] = ()

    @override
    def __repr__(self) -> str:
        return f"Page({len(self.resources)} resources, …)"


class _Link(Struct, omit_defaults=True):
    relation: str | None = None
    url: str | None = None


class _Search(Struct, gc=False, omit_defaults=True):
    mode: str | None = None
    score: Kept = UNSET


class _Entry(Struct, gc=False, omit_defaults=True, rename="camel"):
    full_url: str | None = None
    resource: Kept = UNSET
    search: _Search | None = None
    link: Kept = UNSET
    request: Kept = UNSET
    response: Kept = UNSET


class _Bundle(Struct, omit_defaults=True, rename="camel"):
    resource_type: str
    id: str | None = None
    meta: Kept = UNSET
    type: str | None = None
    timestamp: str | None = None
    total: Kept = UNSET
    link: tuple[_Link, ...] = ()
    identifier: Kept = UNSET
    entry: tuple[_Entry, ...] = ()


_DECODE_BUNDLE = msgspec.json.Decoder(_Bundle).decode
_DECODE_HEADER = msgspec.json.Decoder(Header).decode
_ENCODE = msgspec.json.Encoder().encode

# Whoever believes these elements decides by them; one key twice in them may mean two people.
_DECIDING = ("subject", "patient", "beneficiary", "individual", "for", "participant", "contained")
_DECIDING_OF_PATIENT = (*_DECIDING, "identifier", "name")


def read_page(body: bytes) -> Page:
    """Read one Bundle.

    Raises UnreadablePageError when the body is not exactly one JSON text of one Bundle, or is so
    ambiguous or so deep that readers could differ on it.
    """
    try:
        return _read_page(body)
    except RecursionError:
        raise UnreadablePageError("Nested too deeply.") from None


def read_resource(body: bytes) -> ResourceSpan | None:
    """Read one resource that came without a Bundle; None when nobody can read it for certain."""
    try:
        body.decode()
        return _Reader(body).read(body, None, None)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        return None


def _read_page(body: bytes) -> Page:
    try:
        body.decode()
        bundle = _DECODE_BUNDLE(body)
    except msgspec.ValidationError:
        return _read_page_exactly(body)
    except (UnicodeDecodeError, msgspec.DecodeError):
        # Without the cause: a decoding error carries the whole body.
        raise UnreadablePageError("Not a JSON text.") from None
    # Writing out what was read gives every byte back unless a key was repeated, escaped or unknown, or
    # there is whitespace: nothing that is kept gets longer by writing, for all of it is raw or a string.
    if len(_ENCODE(bundle)) != len(body):
        return _read_page_exactly(body)
    return _compact_page(body, bundle)


def _compact_page(body: bytes, bundle: _Bundle) -> Page:
    _refuse_other_than_bundle(bundle.resource_type)
    reader = _Reader(body)
    spans = [
        reader.read(
            bytes(entry.resource), entry.full_url, entry.search.mode if entry.search else None
        )
        for entry in bundle.entry
        if entry.resource is not UNSET
    ]
    return _page(
        spans,
        next_link=_next_link((link.relation, link.url) for link in bundle.link),
        bundle_type=bundle.type,
        total=whole_number_of(bundle.total),
        security=labels_of_bundle(bundle.meta),
    )


def _read_page_exactly(body: bytes) -> Page:
    try:
        members = unique_members(body)
    except msgspec.DecodeError as error:
        raise UnreadablePageError("Not a JSON object.") from error
    if members is None:
        raise UnreadablePageError("A Bundle has one key twice, or an escaped one.")
    _refuse_other_than_bundle(text_of(members.get("resourceType")))
    reader = _Reader(body)
    entries = [members_or_none(entry) for entry in _list(members, "entry")]
    spans = [
        None if entry is None else reader.read_entry(entry)
        for entry in entries
        if entry is None or "resource" in entry
    ]
    links = [members_or_none(link) or {} for link in _list(members, "link")]
    return _page(
        spans,
        next_link=_next_link(
            (text_of(link.get("relation")), text_of(link.get("url"))) for link in links
        ),
        bundle_type=text_of(members.get("type")),
        total=whole_number_of(members.get("total", UNSET)),
        security=labels_of_bundle(members.get("meta", UNSET)),
    )


def _page(
    spans: list[ResourceSpan | None],
    *,
    next_link: str | None,
    bundle_type: str | None,
    total: int | None,
    security: tuple[Coding, ...] | None,
) -> Page:
    if security is None:
        raise UnreadablePageError("Labels that readers could differ on.")
    resources = tuple(span for span in spans if span is not None)
    unreadable = len(spans) - len(resources)
    return Page(resources, next_link, bundle_type, total, unreadable, security)


class _Reader:
    """Read resources of one body, remembering which deciding elements were found unambiguous."""

    def __init__(self, body: bytes) -> None:
        self._may_escape = may_escape_a_key(body)
        self._clear: set[bytes] = set()
        self._type_names: set[str] = set()

    def read_entry(self, members: Members) -> ResourceSpan | None:
        search = members_or_none(bytes(members.get("search", b"{}"))) or {}
        return self.read(
            bytes(members["resource"]),
            text_of(members.get("fullUrl")),
            text_of(search.get("mode")),
        )

    def read(
        self, body: bytes, full_url: str | None, search_mode: str | None
    ) -> ResourceSpan | None:
        try:
            header = _DECODE_HEADER(body)
        except msgspec.ValidationError:
            return self._read_leniently(body, full_url, search_mode)
        # As for the page: what comes out as long as it went in held nothing twice and nothing unknown.
        written = len(_ENCODE(header))
        if written != len(body) and not self._is_clear(body, header.resource_type, written):
            return None
        if self._may_escape and may_escape_a_key(body) and escapes_a_key(body):
            return None
        if header.resource_type not in self._type_names:
            if not _is_type_name(header.resource_type):
                return None
            self._type_names.add(header.resource_type)
        return ResourceSpan(body, header, full_url, search_mode)

    def _read_leniently(
        self, body: bytes, full_url: str | None, search_mode: str | None
    ) -> ResourceSpan | None:
        members = members_or_none(body)
        resource_type = text_of(members.get("resourceType")) if members else None
        if resource_type is None or not _is_type_name(resource_type):
            return None
        if repeats_a_key(body) or escapes_a_key(body):
            return None
        header = lenient_header(body, resource_type)
        return ResourceSpan(body, header, full_url, search_mode, is_lenient=True)

    def _is_clear(self, body: bytes, resource_type: str, written: int) -> bool:
        compact = msgspec.json.format(body, indent=-1)
        if written == len(compact):
            return True
        members = unique_members(compact)
        if members is None:
            return False
        deciding = _DECIDING_OF_PATIENT if resource_type == "Patient" else _DECIDING
        return all(
            self._is_clear_element(bytes(members[name])) for name in deciding if name in members
        ) and self._has_clear_labels(members)

    def _has_clear_labels(self, members: Members) -> bool:
        meta = bytes(members.get("meta", b"null"))
        if meta == b"null":
            return True
        inner = members_or_none(meta)
        return inner is not None and self._is_clear_element(bytes(inner.get("security", b"[]")))

    def _is_clear_element(self, element: bytes) -> bool:
        if element not in self._clear:
            if repeats_a_key(element):
                return False
            self._clear.add(element)
        return True


def _refuse_other_than_bundle(resource_type: str | None) -> None:
    if resource_type != "Bundle":
        raise UnreadablePageError("Not a Bundle.")


def _next_link(links: Iterator[tuple[str | None, str | None]]) -> str | None:
    found = {url for relation, url in links if relation == "next" and url}
    if len(found) > 1:
        raise UnreadablePageError("More than one next link.")
    return found.pop() if found else None


def _is_type_name(text: str) -> bool:
    return text.isascii() and text.isalpha() and len(text) <= 64


def _list(members: Members, name: str) -> list[bytes]:
    try:
        return items_of(members.get(name))
    except msgspec.ValidationError as error:
        raise UnreadablePageError("Not a list where a list must be.") from error
