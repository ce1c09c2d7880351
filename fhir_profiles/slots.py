"""Find in a resource's bytes what a view must replace: id, meta, references, attachment addresses.

Changes no value. Narratives are left out wherever they stand. The usual shapes are found by patterns, the
rest by an exact scan (`exact_slots`), which gives the same. Follows HL7 FHIR R4, sections 2.3 and 2.4.

Why patterns may read JSON here. The text is valid JSON, so an unescaped quote either opens or closes a
string. In `"name"` followed by a colon, whose first quote has no backslash before it, that quote cannot
close a string, for then `name` would stand outside one. So it opens one, the second quote closes it,
and the colon makes it a key. What the patterns then match token by token is JSON's own grammar. A key
that they could miss is written otherwise: with an escape, which sends the resource to the exact scan, or
in an unusual shape, which the counts tell: every text that could be such a key must have been matched.
"""

import re

from fhir_profiles.exact_slots import ATTACHMENT_KEYS, exact_template
from fhir_profiles.json_scan import may_escape_a_key
from fhir_profiles.logical_references import may_be_in
from fhir_profiles.meta_slots import meta_slot
from fhir_profiles.spans import ResourceSpan
from fhir_profiles.templates import AttachmentSlot, MetaSlot, ReferenceSlot, Template

_STRING = rb'"(?:[^"\\]++|\\.)*+"'


def _braces(inner: bytes) -> bytes:
    return rb'\{(?:[^{}"]++|%b|%b)*+\}' % (_STRING, inner)


_NO_BRACES = rb"(?!)"
_HEAD = re.compile(
    rb'\s*+(\{)\s*+"resourceType"\s*+:\s*+"[A-Za-z]++"\s*+,\s*+"id"\s*+:\s*+"([^"\\]*+)"'
    rb'(?:\s*+,\s*+"meta"\s*+:\s*+((?=\{))(\{(?:[^{}"\\]++|"[^{}"\\]*+")*+\})?)?'
)
_META = re.compile(_braces(_braces(_braces(_NO_BRACES))), re.DOTALL)
_TEXT_OBJECT = re.compile(rb'"text"(?<!\\"text")\s*+:\s*+\{')
_NARRATIVE = re.compile(rb',\s*+"text"\s*+:\s*+%b' % _braces(_NO_BRACES), re.DOTALL)
# An object of plain members with one address and nothing else of that name: it stands in one static piece.
_ATTACHMENT_KEY = b"|".join(key.encode() for key in sorted(ATTACHMENT_KEYS))
_ATTACHMENT_SIGN = re.compile(rb'"(?:contentType|%b)"' % _ATTACHMENT_KEY)
_PLAIN = rb'\s*+"(?!_?url")[^"\\]*+"\s*+:\s*+(?:"[^"\\]*+"|[^\s"{}\[\],]++)\s*+'
_ATTACHMENT = re.compile(
    rb'(?<!\\)"(?:%b)"\s*+:\s*+\[?\s*+\{(?:%b,)*+\s*+("url"\s*+:\s*+"([^"\\]*+)")\s*+(?:,%b)*+\}'
    % (_ATTACHMENT_KEY, _PLAIN, _PLAIN)
)
_EXTENSION_ADDRESS = re.compile(rb'"(?:e|modifierE)xtension"\s*+:\s*+\[\s*+\{\s*+"url"')
_ABSENT = -1
_OPENING = b'{"reference":"'
_BARE = b'"}'
_SPACED_OPENING = re.compile(rb'\{\s*+"reference"\s*+:\s*+"')
_CLOSING = re.compile(rb'(?:\s*+,\s*+"(?:display|type)"\s*+:\s*+%b)*+\s*+\}' % _STRING, re.DOTALL)


def template_of(resource: ResourceSpan) -> Template:
    """Give the resource's template; the resource must have come from `spans`, so no key is ambiguous."""
    return usual_template(resource.body) or exact_template(resource.body)


def usual_template(body: bytes) -> Template | None:
    """Find the slots by patterns; None when anything about the resource is unusual."""
    if may_escape_a_key(body) or may_be_in(body):
        return None
    told = _without_narratives(body)
    split = None if told is None else _split_at_addresses(told)
    if split is None:
        return None
    addresses, segments = split
    references: list[ReferenceSlot] = []
    begun = _begin(segments[0], body, references)
    if begun is None:
        return None
    pieces, id_at, meta = begun
    attachments: list[AttachmentSlot] = []
    for address, segment in zip(addresses, segments[1:], strict=True):
        attachments.append(AttachmentSlot(len(pieces), address))
        pieces += (b"", b"")
        if not _take_references(pieces, segment, references):
            return None
    return Template(tuple(pieces), id_at, meta, tuple(references), tuple(attachments))


def _split_at_addresses(told: bytes) -> tuple[list[str], list[bytes]] | None:
    """Split at the addresses of attachments; None when one of them could be missed."""
    count = told.count(b'"url"')
    if not count or _ATTACHMENT_SIGN.search(told) is None:
        return [], [told]
    found = list(_ATTACHMENT.finditer(told))
    others = count - len(found)
    # Any object with a content type is an attachment, whatever it is called.
    typed = sum(each[0].count(b'"contentType"') for each in found)
    if told.count(b'"contentType"') != typed or (
        others and others != len(_EXTENSION_ADDRESS.findall(told))
    ):
        return None
    starts = [0, *(each.end(1) for each in found)]
    ends = [*(each.start(1) for each in found), len(told)]
    segments = [told[start:end] for start, end in zip(starts, ends, strict=True)]
    return [each[2].decode() for each in found], segments


def _without_narratives(body: bytes) -> bytes | None:
    told = _NARRATIVE.sub(b"", body)
    return None if _TEXT_OBJECT.search(told) else told


def _begin(
    segment: bytes, body: bytes, references: list[ReferenceSlot]
) -> tuple[list[bytes], int, MetaSlot] | None:
    """Make the pieces of a first segment, if id and meta are the first in it."""
    head = _HEAD.match(segment)
    if head is None:
        return None
    brace, (id_start, id_end) = head.end(1), head.span(2)
    if (start := head.end(3)) != _ABSENT:
        flat = head[4]
        nested = None if flat else _META.match(segment, start)
        meta = nested[0] if nested else flat
        if meta is None or b'"reference"' in meta:
            return None
        pieces = [segment[:id_start], b"", segment[id_end:start], b"", b""]
        is_whole = _take_references(pieces, segment[start + len(meta) :], references)
        return (pieces, 1, meta_slot(3, meta)) if is_whole else None
    if b'"meta"' in body:
        return None
    pieces = [segment[:brace] + b'"meta":', b"", b"," + segment[brace:id_start], b"", b""]
    is_whole = _take_references(pieces, segment[id_end:], references)
    return (pieces, 3, meta_slot(1, b"{}")) if is_whole else None


def _take_references(pieces: list[bytes], segment: bytes, references: list[ReferenceSlot]) -> bool:
    """Add a segment to the pieces, with a slot for each reference; False when one of them is unusual."""
    split = _split_at_references(segment)
    if split is None:
        return False
    openings, parts = split
    pieces[-1] += parts[0]
    for opening, part in zip(openings, parts[1:], strict=True):
        target, _quote, rest = part.partition(b'"')
        if rest.startswith(b"}"):
            after, rest = _BARE, rest[1:]
        elif (closing := _CLOSING.match(rest)) is not None:
            after, rest = b'"' + closing[0], rest[closing.end() :]
        else:
            return False
        if b"\\" in target:
            return False
        if target.startswith(b"#"):
            pieces[-1] += opening + target + after + rest
            continue
        references.append(ReferenceSlot(len(pieces), target.decode(), opening, after))
        pieces += (b"", rest)
    return True


def _split_at_references(segment: bytes) -> tuple[list[bytes], list[bytes]] | None:
    """Split before each text that a reference names its target by: the openings, and what is between them."""
    expected = segment.count(b'"reference"')
    parts = segment.split(_OPENING)
    if len(parts) == expected + 1:
        return [_OPENING] * expected, parts
    openings = _SPACED_OPENING.findall(segment)
    return (openings, _SPACED_OPENING.split(segment)) if len(openings) == expected else None
