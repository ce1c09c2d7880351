"""Show who can see what under a compiled policy: as rows to compare, and as tables to read.

Decides nothing: every cell is looked up where requests look it up.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fhir_profiles.vocabulary import Category, Label
from rbac.decide import CompiledPolicy, Scope
from rbac.types import Act, Level, Levels, OrganisationKind, Purpose

_LETTERS = {Level.ALL: "A", Level.SUMMARY: "S", Level.MASK: "M", Level.NONE: "–"}

_PURPOSES = {
    Purpose.TREAT: "direct care",
    Purpose.ETREAT: "emergency, first step",
    Purpose.BTG: "emergency, second step: labelled items",
    Purpose.PUBHLTH: "public health planning",
    Purpose.HOPERAT: "healthcare operations",
    Purpose.HRESCH: "research",
    Purpose.HSYSADMIN: "administration",
}

_LEGEND = (
    "A all of the item · S a summary · M masked: that it exists, no content · – nothing. "
    "A label lowers the category's level, never raises it; an item with several labels is shown at the lowest. "
    "`own` stands in for `sexual-health` on items that the reader's own organisation wrote."
)


@dataclass(frozen=True, slots=True, order=True)
class MatrixRow:
    """What one role at one kind of organisation sees, for one purpose, of items with at most one label."""

    role: str
    organisation_kind: OrganisationKind
    purpose: Purpose
    category: Category
    label: Label
    level: Level


def as_rows(compiled: CompiledPolicy) -> tuple[MatrixRow, ...]:
    """List every cell of which something is shown; sorted by role, organisation kind, purpose, category, label."""
    return tuple(
        sorted(row for scope, levels in compiled.levels.items() for row in _rows(scope, levels))
    )


def widened(before: CompiledPolicy, after: CompiledPolicy) -> tuple[MatrixRow, ...]:
    """List the cells of which `after` shows more than `before`, as `after` shows them; sorted as rows are."""
    return tuple(row for row in as_rows(after) if row.level.rank > _shown(before, row).rank)


def render(compiled: CompiledPolicy) -> str:
    """Write the whole policy as Markdown tables, the same text for the same policy."""
    parts = ["# Who may see what", f"Policy version `{compiled.version}`.", _LEGEND]
    for purpose, meaning in _PURPOSES.items():
        scopes = [scope for scope in compiled.levels if scope.purpose is purpose]
        seeing = [scope for scope in scopes if compiled.levels[scope].view]
        if seeing:
            parts.append(f"## {purpose}: {meaning}")
            parts.append(_table(_category_lines(compiled, seeing)))
            parts.append("By label, where it differs from the category:")
            parts.append(_table(_label_lines(compiled, seeing)))
    parts.extend(("## What else a role may do", _table(_act_lines(compiled))))
    return "\n\n".join(parts) + "\n"


def _shown(compiled: CompiledPolicy, row: MatrixRow) -> Level:
    levels = compiled.levels_for(row.role, row.organisation_kind, row.purpose)
    return Level.NONE if levels is None else levels.level_of(row.category, frozenset({row.label}))


def _rows(scope: Scope, levels: Levels) -> Iterator[MatrixRow]:
    for category in Category:
        for label in Label:
            level = levels.level_of(category, frozenset({label}))
            if level is not Level.NONE:
                yield MatrixRow(
                    scope.role, scope.organisation_kind, scope.purpose, category, label, level
                )


def _category_lines(compiled: CompiledPolicy, scopes: Iterable[Scope]) -> Iterator[list[str]]:
    yield ["role", "at", *Category]
    for scope in scopes:
        levels = compiled.levels[scope]
        letters = (_LETTERS[levels.level_of(category, frozenset())] for category in Category)
        yield [scope.role, scope.organisation_kind, *letters]


def _label_lines(compiled: CompiledPolicy, scopes: Iterable[Scope]) -> Iterator[list[str]]:
    labels = [label for label in Label if label is not Label.NORMAL]
    yield ["role", "at", *labels]
    for scope in scopes:
        levels = compiled.levels[scope]
        cells = (_label_cell(levels, label) for label in labels)
        yield [scope.role, scope.organisation_kind, *cells]


def _label_cell(levels: Levels, label: Label) -> str:
    """Say the ceiling that a label sets; where it is not one ceiling, say which categories are shown how."""
    shown = {category: levels.level_of(category, frozenset({label})) for category in Category}
    normal = {category: levels.level_of(category, frozenset()) for category in Category}
    ceiling = max(shown.values(), key=lambda level: level.rank)
    if all(shown[each].rank == min(normal[each].rank, ceiling.rank) for each in Category):
        return _LETTERS[ceiling]
    return ", ".join(
        f"{_LETTERS[level]} {category}"
        for category, level in shown.items()
        if level is not Level.NONE
    )


def _act_lines(compiled: CompiledPolicy) -> Iterator[list[str]]:
    yield ["role", "at", "act", "for purposes", "categories"]
    purposes: dict[tuple[str, str, str, str], list[str]] = {}
    for scope, levels in compiled.levels.items():
        for act in (each for each in Act if each is not Act.VIEW):
            told = _categories_told(levels, act)
            if told:
                line = (scope.role, scope.organisation_kind, act, told)
                purposes.setdefault(line, []).append(scope.purpose)
    for (role, kind, act_word, told), words in purposes.items():
        yield [role, kind, act_word, ", ".join(words), told]


def _categories_told(levels: Levels, act: Act) -> str:
    categories = [category for category in Category if (act, category) in levels.acts]
    return "every category" if len(categories) == len(Category) else ", ".join(categories)


def _table(lines: Iterable[list[str]]) -> str:
    head, *body = (f"| {' | '.join(cells)} |" for cells in lines)
    rule = "|" + "---|" * (head.count("|") - 1)
    return "\n".join((head, rule, *body))
