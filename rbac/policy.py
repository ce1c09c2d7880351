"""Make policies: from rows sent in, and from the document that the service starts with.

Does not say whether a policy is wise (`lint`) nor what it allows (`decide`). Rows are JSON objects, read strictly.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from importlib import resources
from types import MappingProxyType
from typing import Any

import msgspec

from fhir_profiles.vocabulary import Category, Label
from rbac.canonical import fields_of, version_of
from rbac.expansion import expand, read_document
from rbac.faults import FaultKind, PolicyFault
from rbac.roles import Role
from rbac.types import Act, Effect, Level, OrganisationKind, Policy, Purpose, Rule

MAXIMUM_ROWS = 10_000
"""Four times the starting policy; activating a larger one would hold a worker up."""

WORDS: Mapping[str, type[StrEnum]] = MappingProxyType(
    {
        "role": Role,
        "organisation_kind": OrganisationKind,
        "category": Category,
        "label": Label,
        "purpose": Purpose,
        "act": Act,
        "level": Level,
        "effect": Effect,
    }
)
"""The fields of a row, in order, each with the closed set of its words."""


class _RepeatedFieldError(ValueError):
    """Say that a JSON object names a field twice."""


def policy_of(rules: Iterable[Rule]) -> Policy:
    """Make a policy of rules; equal sets of rules give equal policies."""
    ordered = tuple(sorted(set(rules), key=fields_of))
    return Policy(version_of(ordered), ordered)


def load_default() -> Policy:
    """Read the policy that the service starts with from the package."""
    text = resources.files("rbac").joinpath("default_policy.toml").read_text("utf-8")
    return policy_of(expand(read_document(text)))


def as_json(policy: Policy) -> bytes:
    """Write a policy as the rows that `parse` reads: one row a line, in the policy's order."""
    rows = (dict(zip(WORDS, fields_of(rule), strict=True)) for rule in policy.rules)
    lines = ",\n".join(json.dumps(row) for row in rows)
    return f"[\n{lines}\n]\n".encode()


def parse(body: bytes) -> Policy | tuple[PolicyFault, ...]:
    """Read rows sent in; the answer is a policy, or every fault found."""
    rows = read_json(body)
    return (rows,) if isinstance(rows, PolicyFault) else of_rows(rows)


def of_rows(rows: object) -> Policy | tuple[PolicyFault, ...]:
    """Make a policy of rows that `read_json` gave; or name every fault found."""
    if not isinstance(rows, list):
        return (PolicyFault(FaultKind.NOT_A_LIST),)
    if not 0 < len(rows) <= MAXIMUM_ROWS:
        return (PolicyFault(FaultKind.TOO_MANY_ROWS if rows else FaultKind.NO_ROWS),)
    faults = tuple(
        fault for position, row in enumerate(rows) for fault in _row_faults(position, row)
    )
    if faults:
        return faults
    rules = [msgspec.convert(row, Rule) for row in rows]
    shape_faults = (*_repeats(rules), *faults_of_shape(rules))
    return shape_faults or policy_of(rules)


def read_json(body: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Read JSON in UTF-8 that names no field twice; or name the fault."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_object)
    except _RepeatedFieldError:
        return PolicyFault(FaultKind.REPEATED_FIELD)
    except (ValueError, RecursionError):
        return PolicyFault(FaultKind.NOT_JSON)


def faults_of_shape(rules: Iterable[Rule]) -> tuple[PolicyFault, ...]:
    """Find rules whose words do not fit together: each meaning has one spelling."""
    return tuple(
        PolicyFault(*found)
        for position, rule in enumerate(rules)
        for found in _shape_faults(position, rule)
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise _RepeatedFieldError
    return named


def _row_faults(position: int, row: object) -> Iterator[PolicyFault]:
    if not isinstance(row, dict):
        yield PolicyFault(FaultKind.NOT_A_ROW, position)
        return
    if row.keys() - WORDS.keys():
        # Not named: the field's own text comes from outside and is not repeated.
        yield PolicyFault(FaultKind.UNKNOWN_FIELD, position)
    for field, words in WORDS.items():
        kind = _text_fault(row[field], words) if field in row else FaultKind.MISSING_FIELD
        if kind is not None:
            yield PolicyFault(kind, position, field)


def _text_fault(text: object, words: type[StrEnum]) -> FaultKind | None:
    if not isinstance(text, str):
        return FaultKind.NOT_TEXT
    if text in set(words):
        return None
    if not text.strip():
        return FaultKind.EMPTY
    if any(character < " " or character in "\x7f\x85\u2028\u2029" for character in text):
        return FaultKind.LINE_BREAK
    if not text.isascii():
        return FaultKind.LOOK_ALIKE
    return FaultKind.WILDCARD if set(text) & set("*?[") else FaultKind.UNKNOWN_WORD


def _repeats(rules: list[Rule]) -> Iterator[PolicyFault]:
    seen: set[Rule] = set()
    for position, rule in enumerate(rules):
        if rule in seen:
            yield PolicyFault(FaultKind.DUPLICATE_ROW, position)
        seen.add(rule)


def _shape_faults(position: int, rule: Rule) -> Iterator[tuple[FaultKind, int, str]]:
    if rule.act is not Act.VIEW and rule.label is not Label.NORMAL:
        yield FaultKind.ACT_WITH_LABEL, position, "label"
    match rule.effect:
        case Effect.DENY if rule.level is not Level.NONE:
            yield FaultKind.DENY_WITH_LEVEL, position, "level"
        case Effect.ALLOW if rule.act is not Act.VIEW and rule.level is not Level.ALL:
            yield FaultKind.ACT_WITH_LEVEL, position, "level"
        case _:
            pass
