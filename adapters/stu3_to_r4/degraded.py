"""Tag mapped items whose own code was lost between practices, so that nobody takes the stand-in for a code.

Changes no code and no text. Source: GP Connect Structured 1.6.2, clinical codes, degradation.
"""

from collections.abc import Iterator

from adapters.stu3_to_r4.losses import Node, Value, items_of
from fhir_profiles.degraded import TRANSFER_DEGRADED, is_degraded
from fhir_profiles.systems import CODING_QUALITY

_NAMING = ("code", "medicationCodeableConcept", "vaccineCode", "reasonCode", "type")
# Every stand-in begins so.
_BEGINNING = b'"1964'
_TAG = {"system": CODING_QUALITY, "code": TRANSFER_DEGRADED}


def may_be_degraded(raw: bytes) -> bool:
    """Tell, quickly, whether a resource's bytes may hold a stand-in; False is certain."""
    return _BEGINNING in raw


def tag_degraded(resource: Node) -> None:
    """Put the tag on a mapped resource that is named by a stand-in."""
    meta = resource.get("meta", {})
    if not is_degraded(_codings_of(resource)) or not isinstance(meta.get("tag", []), list):
        return
    resource["meta"] = {**meta, "tag": [*meta.get("tag", []), _TAG]}


def _codings_of(resource: Node) -> Iterator[tuple[str | None, str | None]]:
    concepts = (each for name in _NAMING for each in items_of(resource.get(name)))
    for concept in concepts:
        for coding in _parts(concept, "coding"):
            if isinstance(coding, dict):
                yield coding.get("system"), coding.get("code")


def _parts(element: Value, name: str) -> list[Value]:
    return items_of(element.get(name, [])) if isinstance(element, dict) else []
