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
from fhir_profiles.templates import MetaSlot, ReferenceSlot, Template

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
_ATTACHMENT_SIGN = re.compile(
    rb'"(?:contentType|%b)"' % b"|".join(key.encode() for key in sorted(ATTACHMENT_KEYS))
)
_ABSENT = -1
_OPENING = b'{"reference":"'
_BARE = b'"}'
_DISPLAY = b'","display":"'
_SPACED_OPENING = re.compile(rb'\{\s*+"reference"\s*+:\s*+"')
_CLOSING = re.compile(rb'"(?:\s*+,\s*+"(?:display|type)"\s*+:\s*+%b)*+\s*+\}' % _STRING, re.DOTALL)


def template_of(resource: ResourceSpan) -> Template:
    """Give the resource's template; the resource must have come from `spans`, so no key is ambiguous."""
    return usual_template(resource.body) or exact_template(resource.body)


def usual_template(body: bytes) -> Template | None:
    """Find the slots by patterns; None when anything about the resource is unusual."""
    if may_escape_a_key(body) or _may_have_attachment(body) or may_be_in(body):
        return None
    told = _without_narratives(body)
    split = None if told is None else _split_at_references(told)
    if split is None:
        return None
    openings, parts = split
    begun = _begin(parts[0], body)
    if begun is None:
        return None
    pieces, id_at, meta = begun
    references = _take_references(pieces, openings, parts)
    return None if references is None else Template(tuple(pieces), id_at, meta, references)


def _may_have_attachment(body: bytes) -> bool:
    return b'"url"' in body and _ATTACHMENT_SIGN.search(body) is not None


def _without_narratives(body: bytes) -> bytes | None:
    if _TEXT_OBJECT.search(body) is None:
        return body
    told, taken = _NARRATIVE.subn(b"", body)
    return told if taken == len(_TEXT_OBJECT.findall(body)) else None


def _split_at_references(body: bytes) -> tuple[list[bytes], list[bytes]] | None:
    """Split before each text that a reference names its target by: the openings, and what is between them."""
    expected = body.count(b'"reference"')
    parts = body.split(_OPENING)
    if len(parts) == expected + 1:
        return [_OPENING] * expected, parts
    openings = _SPACED_OPENING.findall(body)
    return (openings, _SPACED_OPENING.split(body)) if len(openings) == expected else None


def _begin(part: bytes, body: bytes) -> tuple[list[bytes], int, MetaSlot] | None:
    """Make the pieces of what stands before the first reference, if id and meta are the first in it."""
    head = _HEAD.match(part)
    if head is None:
        return None
    brace, (id_start, id_end) = head.end(1), head.span(2)
    if (start := head.end(3)) != _ABSENT:
        flat = head[4]
        nested = None if flat else _META.match(part, start)
        meta = nested[0] if nested else flat
        if meta is None:
            return None
        rest = part[start + len(meta) :]
        return [part[:id_start], b"", part[id_end:start], b"", rest], 1, meta_slot(3, meta)
    if b'"meta"' in body:
        return None
    opening = [part[:brace] + b'"meta":', b"", b"," + part[brace:id_start], b"", part[id_end:]]
    return opening, 3, meta_slot(1, b"{}")


def _take_references(
    pieces: list[bytes], openings: list[bytes], parts: list[bytes]
) -> tuple[ReferenceSlot, ...] | None:
    """Add the pieces of what follows each opening; None when one of the references is unusual."""
    references: list[ReferenceSlot] = []
    for opening, part in zip(openings, parts[1:], strict=True):
        # Without escapes every quote parts strings: one before the brace ends the target, five end a
        # target, a key and one more text, so in both cases the brace stands outside them.
        named, _brace, rest = part.partition(b"}")
        quotes = named.count(b'"')
        target, found, words = named.partition(_DISPLAY)
        if quotes == 1 and not found and named.endswith(b'"') and b"\\" not in named:
            target, after = named[:-1], _BARE
        elif quotes == 5 and found and named.endswith(b'"') and b"\\" not in named:
            after = _DISPLAY + words + b"}"
        elif (unusual := _unusual(part)) is not None:
            target, after, rest = unusual
        else:
            return None
        if target.startswith(b"#"):
            pieces[-1] += opening + target + after + rest
            continue
        references.append(ReferenceSlot(len(pieces), target.decode(), opening, after))
        pieces += (b"", rest)
    return tuple(references)


def _unusual(part: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Read what follows an opening token by token: target, the rest of its object, and what is left."""
    end = part.find(b'"')
    closing = _CLOSING.match(part, end)
    if closing is None or b"\\" in part[:end]:
        return None
    return part[:end], closing[0], part[closing.end() :]
