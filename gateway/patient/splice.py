"""Fill a resource's template for one view: new id, source, tags, and references to what is in the view.

Decides nothing about what is in the view, and re-encodes no value of the source. docs/decisions/0007, section 4:
a reference to what is not in the view reads the same whether its target is hidden, dropped or never was.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import assert_never

from fhir_profiles import systems
from fhir_profiles.headers import identifiers_of
from fhir_profiles.references import ParsedReference, ReferenceKind, parse_reference
from fhir_profiles.spans import ResourceSpan
from fhir_profiles.templates import NO_ADDRESS, STUB, MetaSlot, Template

Resolve = Callable[[str], bytes | None]

SUBSETTED_TAG = b'{"system":"%b","code":"SUBSETTED"}' % systems.V3_OBSERVATION_VALUE.encode()
_CATEGORY_OPENING = b'{"system":"%b","code":"' % systems.CATEGORY.encode()


def no_address(_url: str) -> bytes | None:
    """Give no address for any attachment."""
    return None


def fill(
    template: Template,
    *,
    new_id: bytes,
    source_uri: bytes,
    category: bytes | None,
    resolve: Resolve,
    extra_tags: tuple[bytes, ...] = (),
    address: Resolve = no_address,
) -> list[bytes]:
    """Give the resource's pieces, for one final join.

    Shape: `category` is the code of the category tag, None for no tag; `extra_tags` are JSON Codings.
    Nothing given, nor what `resolve` and `address` give, may need a JSON escape.
    """
    pieces = list(template.pieces)
    pieces[template.id_at] = new_id
    pieces[template.meta.at] = _filled_meta(template.meta, source_uri, category, extra_tags)
    for slot in template.reference_slots:
        target = resolve(slot.target)
        pieces[slot.at] = STUB if target is None else slot.before + target + slot.after
    for attachment in template.attachment_slots:
        url = address(attachment.url)
        pieces[attachment.at] = NO_ADDRESS if url is None else b'"url":"%b"' % url
    return pieces


def _filled_meta(
    meta: MetaSlot, source_uri: bytes, category: bytes | None, extra_tags: tuple[bytes, ...]
) -> bytes:
    if not meta.tags and not extra_tags:
        return meta.before + _closing(source_uri, category)
    ours = () if category is None else (_CATEGORY_OPENING + category + b'"}',)
    tags = b",".join((*meta.tags, *ours, *extra_tags))
    return b'%b%b","tag":[%b]}' % (meta.before, source_uri, tags)


# Bounded by sources times categories, and holds nothing of any patient.
@lru_cache(maxsize=1024)
def _closing(source_uri: bytes, category: bytes | None) -> bytes:
    if category is None:
        return source_uri + b'"}'
    return b'%b","tag":[%b%b"}]}' % (source_uri, _CATEGORY_OPENING, category)


class _Answers(dict[str, bytes | None]):
    """What references were found to name: a record names the same few people and places thousands of times."""

    __slots__ = ("_find",)

    def __init__(self, find: Resolve) -> None:
        self._find = find

    def __missing__(self, text: str) -> bytes | None:
        found = self[text] = self._find(text)
        return found


class ReferenceIndex:
    """Map one source's own names for its resources to ours, for those in the view only.

    A name that two resources claim names neither, unless `add_name` settles what it means.
    """

    def __init__(self) -> None:
        self._settled: dict[str, bytes] = {}
        self._targets: dict[str, bytes | None] = {}
        self._spans: list[tuple[ResourceSpan, bytes]] = []
        self._by_identifier: dict[tuple[str, str | None, str], bytes | None] | None = None
        self._answers = _Answers(self._find)

    def add(self, span: ResourceSpan, new_id: bytes) -> None:
        """Put one resource in view under its new id."""
        header = span.header
        target = b"%b/%b" % (header.resource_type.encode(), new_id)
        if header.id is not None:
            self._claim(f"{header.resource_type}/{header.id}", target)
        if span.full_url is not None:
            self._claim(span.full_url, target)
        self._spans.append((span, target))
        self._forget()

    def add_name(self, name: str, target: bytes) -> None:
        """Let a name that the source uses stand for an outward reference, whoever else claims it."""
        self._settled[name] = target
        self._forget()

    @property
    def resolve(self) -> Resolve:
        """Give the outward reference for what a source's reference names; None when it is not in view."""
        return self._answers.__getitem__

    def _find(self, text: str) -> bytes | None:
        return self._named(text) or self._resolve_otherwise(text)

    def _named(self, name: str) -> bytes | None:
        return self._settled.get(name) or self._targets.get(name)

    def _forget(self) -> None:
        if self._answers:
            self._answers.clear()
            self._by_identifier = None

    def _claim(self, name: str, target: bytes) -> None:
        if self._targets.setdefault(name, target) != target:
            self._targets[name] = None

    def _resolve_otherwise(self, text: str) -> bytes | None:
        parsed = parse_reference(text)
        match parsed.kind:
            case ReferenceKind.RELATIVE:
                return self._named(f"{parsed.resource_type}/{parsed.id}")
            case ReferenceKind.ABSOLUTE:
                return self._named(f"{parsed.base}/{parsed.resource_type}/{parsed.id}")
            case ReferenceKind.CONDITIONAL:
                return self._resolve_conditional(parsed)
            case ReferenceKind.URN | ReferenceKind.CONTAINED | ReferenceKind.UNKNOWN:
                return None
            case _:
                assert_never(parsed.kind)

    def _resolve_conditional(self, parsed: ParsedReference) -> bytes | None:
        if self._by_identifier is None:
            self._by_identifier = self._identifiers()
        key = (parsed.resource_type or "", parsed.system, parsed.value or "")
        return self._by_identifier.get(key)

    def _identifiers(self) -> dict[tuple[str, str | None, str], bytes | None]:
        """Map (type, system, value), and with system None any system, to the one resource it names."""
        found: dict[tuple[str, str | None, str], bytes | None] = {}
        for span, target in self._spans:
            for identifier in identifiers_of(span.header):
                if identifier.value is None:
                    continue
                for system in {identifier.system or "", None}:
                    key = (span.header.resource_type, system, identifier.value)
                    if found.setdefault(key, target) != target:
                        found[key] = None
        return found
