"""Spell a readable policy document out into single rules.

Decides nothing and holds no judgement: who may see what stands in the document (default_policy.toml), which also
explains its letters. No rule that comes out has a wildcard.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import msgspec

from fhir_profiles.vocabulary import Category, Label
from rbac.bars import EMERGENCY_PURPOSES
from rbac.canonical import fields_of
from rbac.roles import Role
from rbac.types import Act, Effect, Level, OrganisationKind, Purpose, Rule

_IN_DIRECT_CARE = {
    "A": Level.ALL,
    "S": Level.SUMMARY,
    "M": Level.MASK,
    "D": Level.NONE,
    "G": Level.NONE,
}
_OPENED = {"A": Level.ALL, "S": Level.ALL, "G": Level.ALL, "M": Level.ALL, "D": Level.NONE}
_OPENED_BUT_MASKED = {**_OPENED, "M": Level.MASK}


class ExistenceTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name items that are masked for these roles where they would be hidden."""

    category: Category
    label: Label
    roles: list[Role]


class Emergency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say what break-glass opens and who may break it."""

    categories: list[Category]
    opens_masked: list[Role]
    keeps_masked: list[Role]


class OutsideCare(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say what one role outside care may do."""

    act: Act
    purposes: list[Purpose]
    categories: list[Category]


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The readable policy, as its file lays it out."""

    columns: str
    direct_care: dict[Role, str]
    organisation_kinds: dict[Role, list[OrganisationKind]]
    categories: dict[str, Category]
    labels: dict[str, list[Label]]
    existence_told: dict[str, ExistenceTold]
    emergency: Emergency
    outside_care: dict[Role, OutsideCare]


@dataclass(frozen=True, slots=True)
class _Sight:
    """What one role sees for one purpose: a level per category, and a ceiling per label."""

    role: Role
    purpose: Purpose
    categories: Mapping[Category, Level]
    ceilings: Mapping[Label, Level]
    told: frozenset[tuple[Category, Label]]


def read_document(text: str) -> Document:
    """Read a policy document.

    Raises msgspec.ValidationError when a word or field of it is unknown.
    """
    return msgspec.toml.decode(text, type=Document)


def expand(document: Document) -> tuple[Rule, ...]:
    """Spell a document out.

    Shape   sorted by the words of the row; no two alike.
    Raises  KeyError or ValueError when a row and the columns do not fit together.
    """
    rules = chain(_care_rules(document), _outside_care_rules(document))
    return tuple(sorted(rules, key=fields_of))


def _care_rules(document: Document) -> Iterator[Rule]:
    for role, row in document.direct_care.items():
        letters = dict(zip(document.columns.split(), row.split(), strict=True))
        for sight in _sights(document, role, letters):
            for kind in document.organisation_kinds[role]:
                yield from _view_rules(sight, kind)
                yield from _act_rules(sight, kind)


def _sights(document: Document, role: Role, letters: Mapping[str, str]) -> Iterator[_Sight]:
    told = frozenset(
        (exception.category, exception.label)
        for exception in document.existence_told.values()
        if role in exception.roles
    )
    direct = _category_levels(document, letters, _IN_DIRECT_CARE)
    ceilings = _label_ceilings(document, letters, _IN_DIRECT_CARE)
    yield _Sight(role, Purpose.TREAT, direct, ceilings, told)
    opening = _opening_for(document.emergency, role)
    if opening is not None:
        opened = _category_levels(document, letters, opening)
        seen = {category: opened[category] for category in document.emergency.categories}
        yield _Sight(role, Purpose.ETREAT, seen, ceilings, told)
        opened_ceilings = _label_ceilings(document, letters, opening)
        yield _Sight(role, Purpose.BTG, seen, opened_ceilings, told)


def _opening_for(emergency: Emergency, role: Role) -> Mapping[str, Level] | None:
    if role in emergency.opens_masked:
        return _OPENED
    return _OPENED_BUT_MASKED if role in emergency.keeps_masked else None


def _category_levels(
    document: Document, letters: Mapping[str, str], meaning: Mapping[str, Level]
) -> Mapping[Category, Level]:
    return {category: meaning[letters[column]] for column, category in document.categories.items()}


def _label_ceilings(
    document: Document, letters: Mapping[str, str], meaning: Mapping[str, Level]
) -> Mapping[Label, Level]:
    return {
        label: meaning[letters[column]]
        for column, labels in document.labels.items()
        for label in labels
    }


def _view_rules(sight: _Sight, kind: OrganisationKind) -> Iterator[Rule]:
    for category, level in sight.categories.items():
        ceilings = {Label.NORMAL: level, Label.OWN: level, **sight.ceilings}
        for label, ceiling in ceilings.items():
            shown = min(level, ceiling, key=lambda each: each.rank)
            if shown is Level.NONE and (category, label) in sight.told:
                shown = Level.MASK
            if shown is not Level.NONE:
                yield Rule(
                    sight.role, kind, category, label, sight.purpose, Act.VIEW, shown, Effect.ALLOW
                )


def _act_rules(sight: _Sight, kind: OrganisationKind) -> Iterator[Rule]:
    searchable = [each for each, level in sight.categories.items() if level is not Level.NONE]
    yield from _allowances(sight.role, kind, sight.purpose, Act.SEARCH, searchable)
    if sight.categories.get(Category.DOCUMENTS) is Level.ALL:
        yield from _allowances(
            sight.role, kind, sight.purpose, Act.OPEN_DOCUMENT, [Category.DOCUMENTS]
        )
    if sight.purpose in EMERGENCY_PURPOSES:
        yield from _allowances(sight.role, kind, sight.purpose, Act.BREAK_GLASS, sight.categories)


def _outside_care_rules(document: Document) -> Iterator[Rule]:
    for role, right in document.outside_care.items():
        for kind in document.organisation_kinds[role]:
            for purpose in right.purposes:
                yield from _allowances(role, kind, purpose, right.act, right.categories)


def _allowances(
    role: Role, kind: OrganisationKind, purpose: Purpose, act: Act, categories: Iterable[Category]
) -> Iterator[Rule]:
    for category in categories:
        yield Rule(role, kind, category, Label.NORMAL, purpose, act, Level.ALL, Effect.ALLOW)
