"""The compact definitions hold what the models miss, and nothing else."""

from pathlib import Path
from typing import Any

import msgspec

from fhir_profiles import extract_definitions
from fhir_profiles.extract_definitions import MOST_CODES, extract, main

BASE = "http://hl7.org/fhir/ValueSet/"


def structure(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "StructureDefinition", "snapshot": {"element": list(elements)}}


def element(path: str, *kinds: str, **more: object) -> dict[str, Any]:
    return {"path": path, "type": [{"code": kind} for kind in kinds], **more}


def bound(name: str, strength: str = "required") -> dict[str, str]:
    return {"strength": strength, "valueSet": f"{BASE}{name}|4.0.1"}


def value_set(name: str, contains: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceType": "ValueSet", "url": f"{BASE}{name}", "expansion": {"contains": contains}}


FLAG = structure(
    element("Flag"),
    element("Flag.status", "code", binding=bound("flag-status")),
    element("Flag.language", "code", binding=bound("languages", "preferred")),
    element("Flag.currency", "code", binding=bound("many")),
    element("Flag.part", "BackboneElement"),
    element("Flag.part.value[x]", "decimal", "boolean", "string"),
    element("Flag.part.again", contentReference="#Flag.part"),
    element("Flag.note", "Annotation"),
    element("Flag.extension", "Extension"),
)
ANNOTATION = structure(element("Annotation"), element("Annotation.text", "markdown"))
CLAIM = structure(element("Claim"), element("Claim.total", "decimal"))
STATUS = value_set(
    "flag-status",
    [
        {"code": "group", "abstract": True, "contains": [{"system": "urn:s", "code": "on"}]},
        {"system": "urn:s", "code": "off"},
    ],
)
MANY = value_set("many", [{"code": f"c{number}"} for number in range(MOST_CODES + 1)])


def test_only_what_leads_to_a_check_is_kept() -> None:
    compact = extract([FLAG, ANNOTATION, CLAIM], [STATUS, MANY])

    assert compact["types"] == {
        "Flag": {"part": "in Flag.part", "status": "code flag-status"},
        "Flag.part": {"again": "in Flag.part", "valueBoolean": "boolean", "valueDecimal": "number"},
    }
    assert compact["codes"] == {"flag-status": [["urn:s", "off"], ["urn:s", "on"]]}


def test_the_file_is_written_from_the_two_folders(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(extract_definitions, "TARGET", tmp_path / "r4.json")
    for name, found in (("resources", [FLAG, STATUS]), ("types", [ANNOTATION])):
        bundle = {"entry": [{"resource": one} for one in found]}
        (tmp_path / f"profiles-{name}.json").write_bytes(msgspec.json.encode(bundle))
    (tmp_path / "ValueSet-flag-status.json").write_bytes(msgspec.json.encode(STATUS))

    main(tmp_path, tmp_path)

    written = msgspec.json.decode((tmp_path / "r4.json").read_bytes())
    assert written["types"]["Flag"]["status"] == "code flag-status"
