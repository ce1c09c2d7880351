"""Make of a resource what a lesser level shows: its listed elements, a stub in its place, no whereabouts.

Decides no level. What is kept is copied span by span; what is not listed is not kept. docs/decisions/0007, section 4;
HL7 FHIR R4, sections 3.1.1.5.8 (elements) and 6.1.0 (the tag SUBSETTED).
"""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Raw, structs

from fhir_profiles.headers import subject_of
from fhir_profiles.json_scan import JsonObject, objects_in
from fhir_profiles.members import Members, items_of, members_or_none, text_of
from fhir_profiles.references import parse_reference
from fhir_profiles.spans import ResourceSpan, read_resource
from fhir_profiles.templates import STUB
from fhir_profiles.vocabulary import Category
from gateway.patient.reductions import Mask, Summary, reductions
from gateway.patient.splice import SUBSETTED_TAG
from gateway.patient.work import Worked, worked_of

RESTRICTED = "Restricted item: contact the source"
RESTRICTED_MEDICINE = "Restricted medicine: contact the source"
_USUAL_WORDS = {Category.MEDICATIONS: RESTRICTED_MEDICINE}

_ENCODE = msgspec.json.Encoder().encode
_ALWAYS = ("resourceType", "id")
_APART = frozenset({*_ALWAYS, "meta", "contained"})
_META_KEPT = ("versionId", "lastUpdated", "security")
_PRODUCT_ELEMENTS = frozenset({*_ALWAYS, "code", "form"})


def summarise(worked: Worked, row: Summary) -> Worked:
    """Give an item's summary as a row has it, in the source's own elements."""
    return worked_of(project(worked.span, row.elements, row.absent))


def mask(worked: Worked, category: Category, row: Summary | None = None) -> Worked | None:
    """Give a stub in an item's place, in the words of a row and beside its elements; None when its type has none."""
    subject = subject_of(worked.header)
    says = None if row is None else row.says
    body = mask_stub(worked.type, category, subject.reference if subject else None, says)
    if body is None:
        return None
    span = read_resource(body if row is None else _beside(body, worked.span, row.elements))
    return None if span is None else worked_of(span)


def without_whereabouts(worked: Worked) -> Worked | None:
    """Take out of a resource where the person is; None when its type could not be shown without telling."""
    kept = reductions().whereabouts.kept.get(worked.type)
    return None if kept is None else worked_of(project(worked.span, kept))


def project(
    resource: ResourceSpan, elements: frozenset[str], absent: Iterable[str] = ()
) -> ResourceSpan:
    """Keep the listed elements, the type, the id and a reduced meta with the tag SUBSETTED.

    Shape: an element is a top-level name, or a path such as `content.attachment.title`; `actor:Location`
    keeps of an element what refers to that type, and of extensions those of that address. `absent` elements
    are said not to be told. Of contained resources only the products that a kept element refers to are kept,
    and of those only the name.
    """
    members = _members(resource)
    kept = {name: members[name] for name in _ALWAYS if name in members}
    kept["meta"] = _reduced_meta(members.get("meta"))
    kept |= _kept_of({name: members[name] for name in members if name not in _APART}, elements)
    kept |= dict.fromkeys(absent, Raw(_ENCODE(reductions().masks.absent)))
    body = _with_products(kept, members.get("contained"))
    span = read_resource(body)
    assert span is not None  # made of the members of a resource that could be read
    return structs.replace(
        span,
        full_url=resource.full_url,
        search_mode=resource.search_mode,
        is_lenient=resource.is_lenient or span.is_lenient,
    )


def mask_stub(
    resource_type: str, category: Category, subject: str | None, says: str | None = None
) -> bytes | None:
    """Give a resource of ours that is valid for its type and holds nothing of the source's but its subject.

    `subject` is the source's own reference to the patient, which splicing replaces; `says` are the words that
    stand in it instead of the usual ones.
    """
    masks = reductions().masks
    row = masks.types.get(resource_type)
    if row is None:
        return None
    members: dict[str, object] = {
        "resourceType": resource_type,
        "meta": {"tag": [Raw(SUBSETTED_TAG)]},
        **row.fixed,
        **dict.fromkeys(row.absent, masks.absent),
        **_wording(row, says or _USUAL_WORDS.get(category, RESTRICTED)),
    }
    if subject is not None:
        members[row.subject] = {"reference": subject}
    return _ENCODE(members)


def _beside(stub: bytes, source: ResourceSpan, elements: frozenset[str]) -> bytes:
    """Add to a stub elements of the source that it does not have itself."""
    ours = msgspec.json.decode(stub, type=dict[str, Raw])
    return _with_products(ours | (_kept_of(_members(source), elements) | ours), None)


def _wording(row: Mask, text: str) -> Mapping[str, object]:
    if row.text is not None:
        return {row.text: text}
    return {} if row.concept is None else {row.concept: {"text": text}}


def _members(resource: ResourceSpan) -> Members:
    members = members_or_none(resource.body)
    assert members is not None  # a span is of one object without ambiguous keys
    return members


def _paths_within(elements: Iterable[str], name: str) -> frozenset[str]:
    opening = name + "."
    return frozenset(path.removeprefix(opening) for path in elements if path.startswith(opening))


def _narrowed(raw: Raw, paths: frozenset[str]) -> Raw:
    """Keep the paths within an object, or within each object of an array; anything else is not kept."""
    if bytes(raw).startswith(b"["):
        items = [_narrowed(Raw(item), paths) for item in items_of(raw)]
        return Raw(_ENCODE(items))
    return Raw(_ENCODE(_kept_of(members_or_none(bytes(raw)) or {}, paths)))


def _kept_of(members: Members, paths: frozenset[str]) -> Members:
    kept: Members = {}
    for name, raw in members.items():
        if name in paths:
            kept[name] = raw
        elif within := _paths_within(paths, name):
            kept[name] = _narrowed(raw, within)
        elif (chosen := _of_kinds(raw, _kinds_of(paths, name))) is not None:
            kept[name] = chosen
    return kept


def _kinds_of(paths: Iterable[str], name: str) -> frozenset[str]:
    opening = name + ":"
    return frozenset(path.removeprefix(opening) for path in paths if path.startswith(opening))


def _of_kinds(raw: Raw, kinds: frozenset[str]) -> Raw | None:
    """Keep an object, or those of an array, that are of these kinds; None when there are none."""
    if not kinds:
        return None
    if not bytes(raw).startswith(b"["):
        return raw if _kind(bytes(raw)) in kinds else None
    items = [Raw(item) for item in items_of(raw) if _kind(item) in kinds]
    return Raw(_ENCODE(items)) if items else None


def _kind(item: bytes) -> str | None:
    """Give the address of an extension, or the type that a reference names: by its address, else in a word."""
    members = members_or_none(item) or {}
    named = parse_reference(text_of(members.get("reference")) or "").resource_type
    return named or text_of(members.get("url")) or text_of(members.get("type"))


def _reduced_meta(meta: Raw | None) -> Raw:
    members = (None if meta is None else members_or_none(bytes(meta))) or {}
    kept: dict[str, object] = {name: members[name] for name in _META_KEPT if name in members}
    return Raw(_ENCODE({**kept, "tag": [Raw(SUBSETTED_TAG)]}))


def _with_products(kept: Members, contained: Raw | None) -> bytes:
    body = _ENCODE(kept)
    if b'"#' not in body and b"\\u0023" not in body:
        return body
    products = _products(contained)
    if products:
        body = _ENCODE({**kept, "contained": list(products.values())})
    return _without_dangling(body, frozenset(f"#{name}" for name in products))


def _products(contained: Raw | None) -> dict[str, Raw]:
    try:
        bodies = items_of(contained)
    except msgspec.ValidationError:
        return {}
    found: dict[str, Raw] = {}
    for body in bodies:
        members = members_or_none(body) or {}
        name = text_of(members.get("id"))
        if name is not None and text_of(members.get("resourceType")) == "Medication":
            found[name] = Raw(_ENCODE(_kept_of(members, _PRODUCT_ELEMENTS)))
    return found


def _without_dangling(body: bytes, names: frozenset[str]) -> bytes:
    """Let references to contained resources that were not kept name nothing."""
    pieces: list[bytes] = []
    position = 0
    for item in objects_in(body):
        if item.start >= position and _is_dangling(body, item, names):
            pieces += (body[position : item.start], STUB)
            position = item.end
    return b"".join((*pieces, body[position:]))


def _is_dangling(body: bytes, item: JsonObject, names: frozenset[str]) -> bool:
    member = item.member("reference")
    if member is None or not item.path:
        return False
    target = text_of(Raw(body[member.value_start : member.value_end])) or ""
    return target.startswith("#") and target not in names
