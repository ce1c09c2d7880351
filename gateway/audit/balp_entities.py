"""Say what an audit event was about: the person, what was read or searched, the request, and the entry itself.

Pure. A person is an opaque id, never a number; what was searched for is not kept, and that is what is said.
"""

from collections.abc import Iterator, Mapping

from fhir_profiles.systems import DATA_ABSENT_REASON, VIEW_HASH
from gateway.audit import balp_codes as codes
from gateway.audit.balp_agents import Address, filled
from gateway.audit.balp_codes import Code, Json
from gateway.audit.balp_shapes import Shape
from gateway.audit.told import Told
from gateway.audit.words import AuditAction

NOT_KEPT = "What was searched for is not kept: it may say who somebody is."

_OF_ROW_A = ("act", "policy_version", "relationship")
"""What row A says that stands beside every entry of its decision."""

_SAID_THERE = ("grant", "reason_code")
"""Details of row A that are closed words or ids; what stands there in somebody's own words is not told."""


def entities_of(told: Told, shape: Shape, address: Address) -> list[Json]:
    """List what it was about; the entry itself, by its number, always."""
    return [
        *_patient(told, address),
        *_subject(told),
        *_matter(told, shape),
        *_request(told),
        _entry(told, shape, address),
    ]


def _patient(told: Told, address: Address) -> Iterator[Json]:
    patient = told.entry.patient
    if patient is not None:
        identifier = {"system": f"{address.base_url}/fhir/Patient", "value": patient}
        what = {"type": "Patient", "identifier": identifier}
        yield _entity(codes.PERSON, codes.PATIENT, what=what)


def _subject(told: Told) -> Iterator[Json]:
    subject = told.fields.get("subject")
    if subject:
        what = {"type": "Practitioner", "identifier": {"value": subject}}
        yield _entity(codes.PERSON, codes.USER, what=what)


def _matter(told: Told, shape: Shape) -> Iterator[Json]:
    if codes.DISCLOSE not in shape.subtypes and codes.SEARCH in shape.subtypes:
        yield _query()
    elif told.entry.action is AuditAction.DISCLOSED:
        yield _entity(codes.SYSTEM_OBJECT, codes.DOMAIN_RESOURCE, what=_what_was_shown(told))


def _query() -> Json:
    absent = {"extension": [{"url": DATA_ABSENT_REASON, "valueCode": "masked"}]}
    return _entity(codes.SYSTEM_OBJECT, codes.QUERY, description=NOT_KEPT, _query=absent)


def _what_was_shown(told: Told) -> Json:
    shown = ", ".join(sorted(told.fields["shown"])) or "nothing"
    what: Json = {"display": shown}
    if told.fields["view_hash"]:
        what["identifier"] = {"system": VIEW_HASH, "value": told.fields["view_hash"]}
    return what


def _request(told: Told) -> Iterator[Json]:
    request_id = told.fields.get("request_id") or told.asked.get("request_id")
    if request_id:
        what = {"identifier": {"value": request_id}}
        yield {"what": what, "type": codes.REQUEST_ID.coding}


def _entry(told: Told, shape: Shape, address: Address) -> Json:
    identifier = {
        "system": f"{address.base_url}/fhir/AuditEvent",
        "value": str(told.entry.sequence),
    }
    details = [{"type": name, "valueString": text} for name, text in _details(told, shape)]
    return {
        **_entity(codes.OTHER, codes.SECURITY_RESOURCE, what={"identifier": identifier}),
        **filled({"detail": details}),
    }


def _details(told: Told, shape: Shape) -> Iterator[tuple[str, str]]:
    for name in shape.details:
        yield from _texts(name, told.fields.get(name))
    for name in _OF_ROW_A:
        if name not in shape.details:
            yield from _texts(name, told.asked.get(name))
    for name in _SAID_THERE:
        if name not in shape.details:
            yield from _texts(name, told.asked.get("details", {}).get(name))


def _texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case None | []:
            return
        case Mapping():
            yield from ((f"{name}.{key}", _text(each)) for key, each in sorted(value.items()))
        case _:
            yield name, _text(value)


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _entity(kind: Code, role: Code, **parts: object) -> Json:
    return {**parts, "type": kind.coding, "role": role.coding}
