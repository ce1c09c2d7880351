"""The compact form of the elements is what the definitions say."""

import json
from pathlib import Path
from typing import Any

from fhir_profiles import extract_elements
from fhir_profiles.elements import element_of
from fhir_profiles.extract_elements import extract, main

BASE = "http://hl7.org/fhir/StructureDefinition/"
SYSTEM = "http://hl7.org/fhirpath/System."


def element(path: str, *kinds: str, most: str = "1", **more: object) -> dict[str, Any]:
    return {"path": path, "max": most, "type": [{"code": kind} for kind in kinds], **more}


def structure(name: str, base: str, *elements: dict[str, Any], **more: str) -> dict[str, Any]:
    return {
        "resourceType": "StructureDefinition",
        "name": name,
        "kind": "complex-type",
        "baseDefinition": f"{BASE}{base}" if base else "",
        "snapshot": {"element": [{"path": name}, *elements]},
        **more,
    }


TYPED = {"url": extract_elements._TYPE_IN_FHIR, "valueUrl": "id"}
IDENTIFIED = [{"code": f"{SYSTEM}String", "extension": [TYPED]}]
PLAIN = {"path": "Element.id", "max": "1", "type": [{"code": f"{SYSTEM}String"}]}
ELEMENT = structure("Element", "", PLAIN)
THING = structure(
    "Thing",
    "Element",
    PLAIN | {"path": "Thing.id"},
    {"path": "Thing.key", "max": "1", "type": IDENTIFIED},
    element("Thing.value[x]", "string", "Quantity"),
    element("Thing.part", "Element", most="*"),
    element("Thing.part.size", "decimal", most="3"),
    {"path": "Thing.again", "max": "*", "contentReference": "#Thing.part"},
)
PROFILE = structure("Odd", "Thing", derivation="constraint")
TEXT = structure("string", "Element", kind="primitive-type")


def test_elements_are_told_once_and_by_their_types():
    compact = extract([ELEMENT, THING, PROFILE, TEXT])

    assert compact["primitives"] == {"string": "Element"}
    assert compact["types"] == {
        "Element": {"is": "", "has": {"id": "string"}},
        "Thing": {
            "is": "Element",
            "has": {
                "key": "id",
                "value": "string|Quantity",
                "part": "@Thing.part*",
                "again": "@Thing.part*",
            },
        },
        "Thing.part": {"is": "Element", "has": {"size": "decimal*"}},
    }


def test_the_file_is_written_from_both_folders(tmp_path: Path, monkeypatch: Any):
    target = tmp_path / "elements.json"
    monkeypatch.setattr(extract_elements, "TARGET", target)
    for name, one in (("profiles-resources.json", THING), ("profiles-types.json", ELEMENT)):
        entries = [{"resource": one}, {"resource": {"resourceType": "Other"}}]
        (tmp_path / name).write_text(json.dumps({"entry": entries}), encoding="utf-8")

    main(tmp_path)

    assert list(json.loads(target.read_text("utf-8"))["types"]) == [
        "Element",
        "Thing",
        "Thing.part",
    ]
    assert element_of("Patient", "active") is not None
