"""Work out once what several resources of one page say alike.

Holds nothing beyond one page, and no verdict. A record repeats itself: a hundred blood pressures differ in
date and value, and say the same of what they are and why they might be sensitive.
"""

from collections.abc import Hashable
from itertools import chain
from operator import attrgetter

from msgspec import Struct, structs

from fhir_profiles.classify import category_of
from fhir_profiles.contained import NOTHING_INSIDE, Inside, inside_of
from fhir_profiles.datatypes import Kept, Reference
from fhir_profiles.header_fields import Header, References
from fhir_profiles.headers import Period, status_of
from fhir_profiles.references import ReferenceKind, parse_reference
from fhir_profiles.spans import ResourceSpan
from fhir_profiles.templates import Template
from fhir_profiles.vocabulary import Category
from gateway.patient.evidence import (
    LabelEvidence,
    evidence_in,
    sensitive_extensions_in,
    with_mentions,
)
from gateway.patient.mentions import MentionReader, Mentions

_NEVER_ALIKE = frozenset({"id", "meta", "contained", "identifier", "name", "gender", "birth_date"})
_KINDS_THAT_DIFFER = (Kept, References, Reference | None, Period | None)


def _may_be_alike(field: structs.FieldInfo) -> bool:
    is_date = field.name.endswith(("date", "_time")) or field.name in _MOMENTS
    return field.name not in _NEVER_ALIKE and field.type not in _KINDS_THAT_DIFFER and not is_date


_MOMENTS = frozenset(
    {
        "authored_on",
        "issued",
        "created",
        "start",
        "end",
        "sent",
        "date_asserted",
        "when_prepared",
        "when_handed_over",
    }
)
# By exclusion: an element that comes to tell something is among them unless it is named above.
_SAYING = attrgetter(*(each.name for each in structs.fields(Header) if _may_be_alike(each)))


class Saying(Struct, frozen=True, gc=False):
    """What a resource says it is: its category, the evidence for its labels, and whether it still stands."""

    category: Category | None
    evidence: LabelEvidence
    standing: str | None


class Alike:
    """What the resources of one page were found to say so far; `page` is its bytes."""

    def __init__(self, page: bytes) -> None:
        self._mentions = MentionReader(page)
        self._may_have_extensions = bool(sensitive_extensions_in(page))
        self._sayings: dict[Hashable, Saying] = {}
        self._inside = {b"": NOTHING_INSIDE}
        self._told_inside = {id(NOTHING_INSIDE): evidence_in((), ())}
        self._names: dict[str, tuple[str, ...]] = {}
        self._names_of: dict[Hashable, frozenset[str]] = {}

    def saying_of(self, span: ResourceSpan, inside: Inside) -> Saying:
        """Give what a resource says it is; `inside` is what `inside_of` gave for it."""
        header = span.header
        mentions = self._mentions.of(span.body, header.resource_type)
        extensions = sensitive_extensions_in(span.body) if self._may_have_extensions else ()
        labels = header.meta.security if header.meta else ()
        # Who is contained differs; what is said by that seldom does.
        key = (_SAYING(header), labels, extensions, mentions, self._told_inside[id(inside)])
        try:
            known = self._sayings.get(key)
        except TypeError:
            # Bytes that are kept as they came have no hash: such a resource is read for itself.
            return _saying(header, inside, extensions, mentions)
        if known is None:
            known = self._sayings[key] = _saying(header, inside, extensions, mentions)
        return known

    def inside_of(self, span: ResourceSpan) -> Inside:
        """Give what a resource contains."""
        key = bytes(span.header.contained)
        known = self._inside.get(key)
        if known is None:
            known = self._inside[key] = inside_of(span)
            self._told_inside[id(known)] = evidence_in(known.headers, ())
        return known

    def names_in(self, template: Template) -> frozenset[str]:
        """Give the names that a resource's references use for their targets."""
        # Many resources of a record refer to the same few, in the same order.
        references = template.references
        key = (references, template.patients)
        names = self._names_of.get(key)
        if names is None:
            named = frozenset(chain.from_iterable(map(self._names_in, references)))
            # Whose it is, is verified; it is no other resource.
            names = self._names_of[key] = named.difference(template.patients)
        return names

    def _names_in(self, text: str) -> tuple[str, ...]:
        names = self._names.get(text)
        if names is None:
            names = self._names[text] = names_in_reference(text)
        return names


def _saying(
    header: Header, inside: Inside, extensions: tuple[str, ...], mentions: Mentions
) -> Saying:
    evidence = evidence_in((header, *inside.headers), extensions)
    # What an item is, it states; what it mentions only makes it sensitive.
    category = category_of(header.resource_type, evidence.codings, evidence.texts)
    return Saying(category, with_mentions(evidence, mentions), status_of(header))


def names_in_reference(text: str) -> tuple[str, ...]:
    """Give the name that a reference uses for its target, without any version."""
    parsed = parse_reference(text)
    match parsed.kind:
        case ReferenceKind.RELATIVE:
            return (f"{parsed.resource_type}/{parsed.id}",)
        case ReferenceKind.ABSOLUTE:
            return (f"{parsed.base}/{parsed.resource_type}/{parsed.id}",)
        case ReferenceKind.CONTAINED:
            return ()
        case _:
            return (text,)
