"""Collect what in a resource may tell why it is sensitive: labels, codes, services, words, extensions.

Decides no label (`label` does). Looks into contained resources too: what stands inside an item is part of it.
"""

from dataclasses import dataclass

from fhir_profiles.contained import contained_headers
from fhir_profiles.headers import Header, codings_of, concepts_in, security_of, texts_of
from fhir_profiles.spans import ResourceSpan
from fhir_profiles.topics import sensitive_topics

Code = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class LabelEvidence:
    """What `fhir_profiles.classify` reads of one item, its contained resources included."""

    security: tuple[Code, ...]
    codings: tuple[Code, ...]
    services: tuple[Code, ...]
    texts: tuple[str, ...]
    extensions: tuple[str, ...]


def evidence_of(span: ResourceSpan) -> LabelEvidence:
    """Collect the evidence of one resource and of what it contains."""
    headers = (span.header, *contained_headers(span))
    return LabelEvidence(
        security=tuple(
            (each.system, each.code) for header in headers for each in security_of(header)
        ),
        codings=tuple(coding for header in headers for coding in codings_of(header)),
        services=tuple(coding for header in headers for coding in _services(header)),
        texts=tuple(text for header in headers for text in texts_of(header)),
        extensions=tuple(
            url for url in sensitive_topics().by_extension if url.encode() in span.body
        ),
    )


def _services(header: Header) -> list[Code]:
    return [
        (coding.system, coding.code)
        for field in (header.service_type, header.specialty)
        for concept in concepts_in(field)
        for coding in concept.coding
    ]
