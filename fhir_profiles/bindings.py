"""Check what the models let pass: required code lists, and numbers or booleans given as something else.

Checks neither structure (`validate` does, with the models) nor terminologies from outside FHIR.
Follows FHIR R4 4.0.1, required bindings, as extracted into `definitions/r4.json`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from fhir_profiles.issues import Issue, IssueKind

_FILE = files("fhir_profiles") / "definitions" / "r4.json"
_EXTENSIONS = frozenset({"extension", "modifierExtension"})


class _Definitions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    types: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class _Rule:
    verb: str
    target: str


def binding_issues(resource: Mapping[str, object]) -> Iterator[Issue]:
    """Find codes outside their required list, and numbers and booleans of the wrong JSON type.

    Raises RecursionError when the resource is nested deeper than the interpreter allows.
    """
    kind = resource.get("resourceType")
    if isinstance(kind, str):
        yield from _issues_in(resource, kind, kind)


def _issues_in(value: Mapping[str, object], type_name: str, path: str) -> Iterator[Issue]:
    rules = _rules().get(type_name, {})
    for name, child in value.items():
        if name in _EXTENSIONS:
            yield from _each(child, _Rule("in", "Extension"), f"{path}.{name}")
        elif name == "contained":
            yield from _contained(child, f"{path}.contained")
        elif name in rules:
            yield from _each(child, rules[name], f"{path}.{name}")


def _contained(children: object, path: str) -> Iterator[Issue]:
    for position, child in enumerate(children if isinstance(children, list) else []):
        kind = child.get("resourceType") if isinstance(child, dict) else None
        if isinstance(kind, str):
            yield from _issues_in(child, kind, f"{path}[{position}]")


def _each(child: object, rule: _Rule, path: str) -> Iterator[Issue]:
    if not isinstance(child, list):
        yield from _issues_at(child, rule, path)
        return
    for position, one in enumerate(child):
        yield from _issues_at(one, rule, f"{path}[{position}]")


def _issues_at(value: object, rule: _Rule, path: str) -> Iterator[Issue]:
    if rule.verb == "in":
        if isinstance(value, dict):
            yield from _issues_in(value, rule.target, path)
    elif value is not None and (kind := _fault_of(value, rule)) is not None:
        yield Issue(kind, path)


def _fault_of(value: object, rule: _Rule) -> IssueKind | None:
    if rule.verb == "number":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if is_number else IssueKind.NOT_A_NUMBER
    if rule.verb == "boolean":
        return None if isinstance(value, bool) else IssueKind.NOT_A_BOOLEAN
    return None if _is_listed(value, rule) else IssueKind.CODE_NOT_IN_LIST


def _is_listed(value: object, rule: _Rule) -> bool:
    if rule.verb == "code":
        return value in _bare_codes(rule.target)
    listed = value.get("coding") if isinstance(value, dict) else None
    codings = listed if isinstance(listed, list) else []
    pairs = _definitions().codes[rule.target]
    return any(
        isinstance(coding, dict) and (coding.get("system"), coding.get("code")) in pairs
        for coding in codings
    )


@cache
def _bare_codes(value_set: str) -> frozenset[object]:
    return frozenset(code for _, code in _definitions().codes[value_set])


@cache
def _rules() -> dict[str, dict[str, _Rule]]:
    return {
        type_name: {
            element: _Rule(verb, target)
            for element, (verb, _, target) in (
                (element, rule.partition(" ")) for element, rule in elements.items()
            )
        }
        for type_name, elements in _definitions().types.items()
    }


@cache
def _definitions() -> _Definitions:
    return msgspec.json.decode(_FILE.read_bytes(), type=_Definitions)
