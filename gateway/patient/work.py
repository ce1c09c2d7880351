"""Read a source's bytes into what the later steps need, and remember that work for a few minutes.

Holds no verdict, no label decision and no spliced value, and is keyed by what the bytes are, never by
patient or address: every source is asked each time, and only an identical answer finds its work done
(docs/decisions/0004).
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock

from msgspec import Struct, structs
from typing_extensions import override

from adapters.contract import Outcome, Reason, SourceAnswer
from fhir_profiles.classify import category_of, is_known_type
from fhir_profiles.contained import NOTHING_INSIDE, contained_bodies, hides_resources
from fhir_profiles.headers import Header, Reference, codings_of, subjects_of
from fhir_profiles.slots import template_of
from fhir_profiles.spans import ResourceSpan, UnreadablePageError, read_page, read_resource
from fhir_profiles.templates import Template
from fhir_profiles.vocabulary import Category
from gateway.patient.alike import Alike
from gateway.patient.alike import names_in_reference as names_in_reference
from gateway.patient.evidence import LabelEvidence
from gateway.patient.mentions import Code
from gateway.patient.sameness import keys_of

REMEMBERED_SECONDS = 300.0
REMEMBERED_BYTES = 64 * 1024 * 1024
"""About sixty whole records a worker: what is open on a ward's screens, not a store of records."""

_ANNOTATING_TYPES = frozenset({"List", "Provenance"})


class Worked(Struct, frozen=True, eq=False, gc=False):
    """One resource: its bytes, its header, where its slots are, and how it names itself and others.

    `local_name` is `Type/id` as the source numbers it; `standing` the status that says whether the item
    still stands; `sameness` the keys that its copies elsewhere share, none for what has no category,
    and `sameness_hashes` theirs, for a tuple does not remember its own;
    `inner` the headers of what it contains; `inner_categories` what kinds of information those are;
    `hides_resources` says that others stand in it where nobody looks, `needs_a_look_inside` that not its
    subjects alone say whose it is, `is_served` that its type is part of the record that this service shows;
    `page_security` are the labels of the Bundles that it came in.
    A struct: a view makes thousands, and looks at each several times.
    """

    span: ResourceSpan
    template: Template
    category: Category | None
    subjects: tuple[Reference, ...]
    names: tuple[str, ...]
    reference_names: frozenset[str]
    evidence: LabelEvidence
    standing: str | None
    sameness: tuple[Hashable, ...]
    sameness_hashes: tuple[int, ...]
    type: str
    header: Header
    body: bytes
    local_name: str | None
    inner: tuple[Header, ...]
    inner_categories: frozenset[Category]
    hides_resources: bool
    needs_a_look_inside: bool
    is_served: bool
    page_security: tuple[Code, ...] = ()

    @override
    def __repr__(self) -> str:
        return f"Worked({self.type}, …)"

    @property
    def annotates(self) -> bool:
        """Say whether it only speaks about other resources."""
        return self.type in _ANNOTATING_TYPES

    @property
    def names_something_untold(self) -> bool:
        """Say whether it names, without an address, something that its template leaves out."""
        return self.template.has_untold

    def contained_body(self, local_id: str) -> bytes | None:
        """Give the one contained Patient of this id; None when there is none, or more than one."""
        inner = (read_resource(body) for body in contained_bodies(self.span))
        found = [
            each.body
            for each in inner
            if each is not None
            and (each.header.resource_type, each.header.id) == ("Patient", local_id)
        ]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class WorkedAnswer:
    """One source's answer, read. `unreadable` counts what could not be: pages and entries.

    `digests` are the SHA-256 of its pages.
    """

    source_id: str
    outcome: Outcome
    reason: Reason
    resources: tuple[Worked, ...]
    unreadable: int
    digests: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class _PageWork:
    resources: tuple[Worked, ...]
    unreadable: int


@dataclass(frozen=True, slots=True)
class WorkMemory:
    """Remember the work on pages by their SHA-256: bounded in bytes, five minutes at most.

    `monotonic` gives seconds that never go back. Two threads may read at once; two that meet the same new page
    both read it.
    """

    monotonic: Callable[[], float]
    most_bytes: int = REMEMBERED_BYTES
    _pages: OrderedDict[bytes, tuple[float, int, _PageWork]] = field(default_factory=OrderedDict)
    _changing: Lock = field(default_factory=Lock)

    def read(self, answer: SourceAnswer) -> WorkedAnswer:
        """Read every page of an answer; identical bytes are read once."""
        digests = tuple(sha256(body).digest() for body in answer.bodies)
        pages = [self._page(*each) for each in zip(digests, answer.bodies, strict=True)]
        resources = tuple(_distinct(each for page in pages for each in page.resources))
        return WorkedAnswer(
            answer.source_id,
            answer.outcome,
            answer.reason,
            resources,
            sum(page.unreadable for page in pages),
            digests,
        )

    def _page(self, key: bytes, body: bytes) -> _PageWork:
        with self._changing:
            self._forget()
            known = self._pages.get(key)
        if known is not None:
            return known[2]
        work = read_work(body)
        with self._changing:
            self._pages.setdefault(key, (self.monotonic() + REMEMBERED_SECONDS, len(body), work))
        return work

    def _forget(self) -> None:
        # Insertion order is age order, and nothing is ever renewed: five minutes is the longest it stays.
        held = sum(size for _until, size, _work in self._pages.values())
        now = self.monotonic()
        while self._pages:
            until, size, _work = next(iter(self._pages.values()))
            if until > now and held <= self.most_bytes:
                return
            self._pages.popitem(last=False)
            held -= size


def read_work(body: bytes) -> _PageWork:
    """Read one page; one that cannot be read is counted, never partly used."""
    try:
        page = read_page(body)
    except UnreadablePageError:
        return _PageWork((), 1)
    alike = Alike(body)
    resources = tuple(_worked(span, alike) for span in page.resources)
    if page.security:
        labels = tuple((each.system, each.code) for each in page.security)
        resources = tuple(structs.replace(each, page_security=labels) for each in resources)
    return _PageWork(resources, page.unreadable)


def worked_of(span: ResourceSpan) -> Worked:
    """Do the work on one resource."""
    return _worked(span, Alike(span.body))


def _worked(span: ResourceSpan, alike: Alike) -> Worked:
    header = span.header
    template = template_of(span)
    inside = alike.inside_of(span)
    saying = alike.saying_of(span, inside)
    hides = hides_resources(span, inside)
    local_name = None if header.id is None else f"{header.resource_type}/{header.id}"
    sameness = () if saying.category is None else keys_of(header, template)
    return Worked(
        span,
        template,
        saying.category,
        subjects_of(header),
        tuple([name for name in (local_name, span.full_url) if name is not None]),
        alike.names_in(template),
        saying.evidence,
        saying.standing,
        sameness,
        tuple(map(hash, sameness)),
        header.resource_type,
        header,
        span.body,
        local_name,
        inside.headers,
        _inner_categories(inside.headers) if inside.headers else _NO_CATEGORIES,
        hides,
        hides or bool(template.patients) or inside is not NOTHING_INSIDE,
        is_known_type(header.resource_type),
    )


_NO_CATEGORIES: frozenset[Category] = frozenset()


def _inner_categories(headers: Iterable[Header]) -> frozenset[Category]:
    found = (category_of(inner.resource_type, codings_of(inner)) for inner in headers)
    return frozenset(category for category in found if category is not None)


def _distinct(resources: Iterable[Worked]) -> Iterable[Worked]:
    """Leave out byte-identical repeats: servers give one resource on two pages or in two searches.

    What either page says of it, both say.
    """
    found: dict[bytes, Worked] = {}
    for each in resources:
        known = found.setdefault(each.body, each)
        if known is not each and each.page_security:
            labels = (*known.page_security, *each.page_security)
            found[each.body] = structs.replace(known, page_security=tuple(dict.fromkeys(labels)))
    return found.values()
