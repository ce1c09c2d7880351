"""Collect what in a resource may tell why it is sensitive: labels, codes, services, words, extensions.

Decides no label (`label` does). Looks into contained resources too: what stands inside an item is part of it.
"""

import re
from collections.abc import Sequence

from msgspec import Struct, structs

from fhir_profiles.contained import contained_headers
from fhir_profiles.headers import Header, codings_of, concepts_in, security_of, texts_of
from fhir_profiles.spans import ResourceSpan
from fhir_profiles.topics import sensitive_topics
from gateway.patient.mentions import NOTHING, Code, MentionReader, Mentions

_ESCAPED = re.compile(rb"\\(?:u00([2-7][0-9A-Fa-f])|/)")


class LabelEvidence(Struct, frozen=True, gc=False):
    """What `fhir_profiles.classify` reads of one item, its contained resources included."""

    security: tuple[Code, ...]
    codings: tuple[Code, ...]
    services: tuple[Code, ...]
    texts: tuple[str, ...]
    extensions: tuple[str, ...]


def evidence_of(span: ResourceSpan) -> LabelEvidence:
    """Collect the evidence of one resource and of what it contains."""
    mentions = MentionReader(span.body).of(span.body, span.header.resource_type)
    headers = (span.header, *contained_headers(span))
    return with_mentions(evidence_in(headers, sensitive_extensions_in(span.body)), mentions)


def with_mentions(evidence: LabelEvidence, mentions: Mentions) -> LabelEvidence:
    """Add what stands elsewhere in the resource."""
    if mentions is NOTHING:
        return evidence
    return structs.replace(
        evidence,
        codings=(*evidence.codings, *mentions.codings),
        services=(*evidence.services, *mentions.services),
        texts=(*evidence.texts, *mentions.texts),
    )


def evidence_in(headers: Sequence[Header], extensions: tuple[str, ...]) -> LabelEvidence:
    """Collect the evidence of headers; equal headers give equal evidence."""
    return LabelEvidence(
        security=tuple(
            (each.system, each.code) for header in headers for each in security_of(header)
        ),
        codings=tuple(coding for header in headers for coding in codings_of(header)),
        services=tuple(coding for header in headers for coding in _services(header)),
        texts=tuple(text for header in headers for text in texts_of(header)),
        extensions=extensions,
    )


def sensitive_extensions_in(body: bytes) -> tuple[str, ...]:
    """List the addresses of extensions in a resource that tell why it is sensitive."""
    plain = _without_escapes(body)
    return tuple(url for url in sensitive_topics().by_extension if url.encode() in plain)


def _without_escapes(body: bytes) -> bytes:
    # JSON lets any character of an address be escaped; many servers escape every slash.
    # Narratives escape quotes all the time: only what could stand in an address is worth a look.
    return _ESCAPED.sub(_plain_character, body)


def _plain_character(escaped: re.Match[bytes]) -> bytes:
    return b"/" if escaped[1] is None else bytes.fromhex(escaped[1].decode())


def _services(header: Header) -> list[Code]:
    return [
        (coding.system, coding.code)
        for field in (header.service_type, header.specialty)
        for concept in concepts_in(field)
        for coding in concept.coding
    ]
