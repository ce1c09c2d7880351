"""Check a served resource against its source's, value for value, independently of what rewrote it.

Reads JSON with the standard library, keys in order and numbers as written; knows only what a view may change
(docs/decisions/0007, section 4): id, meta.source and our tag, narratives, references, addresses of attachments.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ABSENT = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "unknown",
        }
    ]
}
OUR_TAG = "https://shared-care-record.example/CodeSystem/category"


_ATTACHMENTS = (".attachment", ".presentedForm", ".content")
_OUR_DOCUMENT = re.compile("Binary/[a-z2-7]{36}[0-9a-f]{26}")


class Number(str):
    """A number as it was written: 1.50 is not 1.5."""


class Object(list[tuple[str, Any]]):
    """A JSON object with its members in order, repeated ones kept."""

    def first(self, name: str) -> Any:
        return next((value for key, value in self if key == name), None)

    def without(self, *names: str) -> "Object":
        return Object((key, value) for key, value in self if key not in names)

    @property
    def keys(self) -> list[str]:
        return [key for key, _value in self]


def read(body: bytes) -> Object:
    whole = json.loads(body, object_pairs_hook=Object, parse_int=Number, parse_float=Number)
    assert isinstance(whole, Object)
    return whole


@dataclass(frozen=True)
class Views:
    """What one source's own names mean in the view: `Type/id` or fullUrl to `Type/our-id`."""

    source_id: str
    targets: Mapping[str, str]

    def of(self, reference: str) -> str | None:
        plain = reference.split("/_history/")[0]
        short = "/".join(plain.rsplit("/", 2)[-2:])
        return self.targets.get(plain) or self.targets.get(short)


def differences(source: Object, served: Object, our_id: str, views: Views) -> Iterator[str]:
    """Give where the served resource differs from the source's beyond what a view may change."""
    if served.first("id") != our_id:
        yield "id"
    yield from _meta_differences(source.first("meta"), served.first("meta"), views.source_id)
    yield from _compare(
        source.without("id", "meta"), served.without("id", "meta"), "", views, is_inside=False
    )


def _meta_differences(source: Any, served: Object, source_id: str) -> Iterator[str]:
    own = source if isinstance(source, Object) else Object()
    if served.first("source") != f"urn:scr:source:{source_id}":
        yield "meta.source"
    tags = [tag for tag in served.first("tag") or [] if tag.first("system") != OUR_TAG]
    if tags != (own.first("tag") or []):
        yield "meta.tag"
    if served.without("source", "tag") != own.without("source", "tag"):
        yield "meta"


def _compare(
    source: Any, served: Any, path: str, views: Views, *, is_inside: bool
) -> Iterator[str]:
    if isinstance(source, Object) and isinstance(served, Object):
        yield from _objects(source, served, path, views, is_inside=is_inside)
    elif isinstance(source, list) and isinstance(served, list) and len(source) == len(served):
        for one, other in zip(source, served, strict=True):
            yield from _compare(one, other, path, views, is_inside=True)
    elif type(source) is not type(served) or source != served:
        yield path


def _objects(
    source: Object, served: Object, path: str, views: Views, *, is_inside: bool
) -> Iterator[str]:
    kept = Object((k, v) for k, v in source if not (k == "text" and isinstance(v, Object)))
    if is_inside and isinstance(kept.first("reference"), str):
        yield from _references(kept, served, path, views)
        return
    if served.first("_url") is not None and kept.first("url") is not None:
        if read(json.dumps(ABSENT).encode()) != served.first("_url"):
            yield f"{path}._url"
        kept, served = kept.without("url"), served.without("_url")
    if _is_opened_here(kept, served, path):
        kept, served = kept.without("url"), served.without("url")
    if kept.keys != served.keys:
        yield f"{path}: members"
        return
    for (name, one), (_same, other) in zip(kept, served, strict=True):
        yield from _compare(one, other, f"{path}.{name}", views, is_inside=True)


def _is_opened_here(source: Object, served: Object, path: str) -> bool:
    """Tell whether an attachment has an address of ours in its source's place."""
    ours = served.first("url")
    return (
        path.endswith(_ATTACHMENTS)
        and source.first("url") is not None
        and isinstance(ours, str)
        and _OUR_DOCUMENT.fullmatch(ours) is not None
    )


def _references(source: Object, served: Object, path: str, views: Views) -> Iterator[str]:
    named = source.first("reference")
    if named.startswith("#"):
        if source != served:
            yield f"{path}: contained reference"
        return
    target = views.of(named)
    if target is None:
        if served != read(json.dumps(ABSENT).encode()):
            yield f"{path}: reference to what is not in the view"
        return
    changed = Object((key, target if key == "reference" else value) for key, value in source)
    if changed != served:
        yield f"{path}.reference"
