"""Invent FHIR-like resources and write them as JSON in the ways that servers do; an oracle for splicing."""

import json
import re

from hypothesis import strategies as st

from fhir_profiles.logical_references import (
    CARE_TYPES,
    CLINICIANS,
    CODING_ELEMENTS,
    OF_ANYBODY,
    OF_CARE,
    SUBJECTS,
)

STUB = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "unknown",
        }
    ]
}
ATTACHMENTS = {"attachment", "photo", "presentedForm", "valueAttachment"}

NASTY = st.sampled_from(
    [
        '"reference":"Patient/9"',
        '{"reference":"Patient/9"}',
        'a "text":{ b',
        "\\",
        '\\"',
        '"}',
        "}{][,:",
        "reference",
        "text",
        "url",
        "meta",
        "id",
        "#x",
        "£ é 漢 \U0001f691",
        "line\nbreak\ttab",
        "<div>x</div>",
        "",
    ]
)
TEXT = NASTY | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="@"), max_size=8
)
# Written as such by `write`, so that a decimal's own spelling is seen to survive.
NUMBER = st.sampled_from(["1.50", "0", "-0.0", "1E5", "12345678901234567890", "0.1"]).map(
    lambda text: f"@@{text}@@"
)
TARGETS = st.sampled_from(
    [
        "Patient/1",
        "Encounter/e-2",
        "urn:uuid:6a1e",
        "https://a.example/fhir/Patient/1",
        "Location?identifier=s|7",
        "Patient/1/_history/2",
        "#m1",
        "",
    ]
)
KEYS = st.sampled_from(
    [
        "code",
        "value",
        "note",
        "extension",
        "section",
        "id",
        "meta",
        "url",
        "title",
        "attachment",
        "performer",
        "patient",
        "coding",
        "x",
    ]
)
NUMBERED = "Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018"
IDENTIFIERS = st.sampled_from(
    [
        {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"},
        {"system": "s", "value": "7"},
    ]
)
LOGICAL_REFERENCES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["Patient", "Practitioner"]),
        "identifier": IDENTIFIERS,
        "display": TEXT,
    },
)


def _references(inner):
    return st.fixed_dictionaries(
        {"reference": TARGETS},
        optional={
            "display": TEXT,
            "type": st.just("Patient"),
            "identifier": st.fixed_dictionaries({"value": TEXT}, optional={"assigner": inner}),
            "extension": st.lists(inner, max_size=1),
        },
    )


FLAT_REFERENCES = st.fixed_dictionaries({"reference": TARGETS}, optional={"display": TEXT})
NARRATIVES = st.fixed_dictionaries(
    {"status": st.just("generated"), "div": TEXT}, optional={"extension": st.just([{"url": "u"}])}
)
ADDRESSED = st.fixed_dictionaries(
    {}, optional={"url": TEXT, "_url": st.just({"id": "a"}), "contentType": st.just("text/plain")}
)
VALUES = st.recursive(
    TEXT | NUMBER | st.booleans() | st.none() | FLAT_REFERENCES | LOGICAL_REFERENCES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(KEYS | st.sampled_from(sorted(ATTACHMENTS)), inner, max_size=3),
        st.fixed_dictionaries({"text": NARRATIVES | TEXT}, optional={"section": inner}),
        st.fixed_dictionaries({"div": TEXT}, optional={"text": NARRATIVES}),
        _references(inner),
        ADDRESSED,
        st.fixed_dictionaries({"reference": inner}),
    ),
    max_leaves=12,
)
METAS = st.fixed_dictionaries(
    {},
    optional={
        "lastUpdated": st.just("2026-01-01T00:00:00Z"),
        "profile": st.lists(TEXT, max_size=2),
        "source": TEXT,
        "tag": st.lists(st.fixed_dictionaries({"code": TEXT}), max_size=2),
        "security": st.lists(st.fixed_dictionaries({"code": TEXT}), max_size=2),
        "extension": st.lists(FLAT_REFERENCES, max_size=1),
    },
)


@st.composite
def resources(draw):
    """A resource, its top members in the usual order or in any."""
    rest = draw(
        st.dictionaries(
            st.sampled_from(["text", "code", "subject", "contained", "note", "photo", "section"]),
            VALUES,
            max_size=5,
        )
    )
    usual = {"resourceType": draw(st.sampled_from(["Observation", "Composition", "Binary"]))}
    if draw(st.integers(0, 9)):
        usual["id"] = draw(st.just("local-1") | TEXT)
    if draw(st.integers(0, 9)):
        usual["meta"] = draw(METAS)
    if "subject" not in rest:
        rest["subject"] = draw(FLAT_REFERENCES | LOGICAL_REFERENCES)
    members = [*usual.items(), *rest.items()]
    return dict(members if draw(st.integers(0, 3)) else draw(st.permutations(members)))


FORMATS = st.sampled_from(
    [
        {"separators": (",", ":"), "ensure_ascii": False},
        {"separators": (",", ":"), "ensure_ascii": True},
        {"separators": (", ", ": "), "ensure_ascii": False},
        {"indent": 2, "ensure_ascii": False},
        {"indent": "\t", "separators": (" ,", " : "), "ensure_ascii": True},
    ]
)


def write(resource, style):
    return re.sub(r'"@@(.*?)@@"', r"\1", json.dumps(resource, **style)).encode()


def read(body):
    """Parse with every number as its own text, and fail on a repeated key."""

    def members(pairs):
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    return json.loads(
        body,
        object_pairs_hook=members,
        parse_float=lambda text: ("number", text),
        parse_int=lambda text: ("number", text),
    )


def spliced(resource, new_id, source, category, resolve):
    """Say, on parsed values, what filling a resource's template must give."""
    told = _told(resource, resolve, ())
    told["id"] = new_id
    meta = resource.get("meta")
    kept = _told(meta, lambda _text: None, ("meta",)) if isinstance(meta, dict) else {}
    tags = kept.get("tag", [])
    told["meta"] = {**kept, "source": source, "tag": [*tags, category]}
    return told


def _told(value, resolve, path):
    if isinstance(value, list):
        return [_told(item, resolve, path) for item in value]
    if not isinstance(value, dict):
        return value
    named = value.get("reference")
    if path and isinstance(named, str) and not named.startswith("#"):
        target = resolve(named)
        if target is None:
            return STUB
        inner = _members(value, lambda _text: None, path)
        return {**inner, "reference": target}
    if not isinstance(named, str) and _is_logical(value, path):
        return _told_without_address(value, resolve, path)
    return _members(value, resolve, path)


def _is_logical(value, path):
    keys = {"reference", "type", "identifier", "display", "id", "extension"}
    return (
        path
        and path[-1] not in CODING_ELEMENTS
        and {key.removeprefix("_") for key in value} <= keys
        and (isinstance(value.get("display"), str) or isinstance(value.get("identifier"), dict))
    )


def _told_without_address(value, resolve, path):
    identifier = value.get("identifier", {})
    is_numbered = identifier.get("system") == "https://fhir.nhs.uk/Id/nhs-number"
    is_care = path[-1] in OF_CARE or path[-2:] in CLINICIANS
    is_stated = value.get("type") in CARE_TYPES and (is_care or path[-1] in OF_ANYBODY)
    if not is_numbered and (is_stated or (is_care and "type" not in value)):
        return _members(value, resolve, path)
    target = resolve(NUMBERED) if is_numbered and path[-1] in SUBJECTS else None
    return STUB if target is None else {"reference": target}


def _members(value, resolve, path):
    told = {
        key: _told(item, resolve, (*path, key))
        for key, item in value.items()
        if not (key == "text" and isinstance(item, dict))
    }
    is_attachment = path and (path[-1] in ATTACHMENTS or "contentType" in value)
    if is_attachment and isinstance(value.get("url"), str):
        del told["url"]
        told["_url"] = STUB
    return told
