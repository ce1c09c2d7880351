"""Answer what a set of policy rows gives, with the bars that no row can lift.

It knows no patient, relationship, agreement or break-glass step. Follows the
decisions, section 9, and the roles file, sections 1, 2, 4, 5 and 6.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from tests.reference import settled
from tests.reference.vocabulary import (
    BARRED_LABELS,
    CARE_PURPOSES,
    CARE_ROLES,
    CATEGORIES,
    LABELS,
    NON_CARE_ROLES,
    Level,
    lowest,
)

NORMAL: Final = frozenset({"normal"})

# Roles file, section 3: at summary a document's "open [is] blocked"; so a yes-or-no act
# is permitted by a row at level all only (ambiguity 6).
LEVELS_THAT_PERMIT_AN_ACT: Final = frozenset({"all"})


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One policy row; the fields and their order are those of decisions, section 9."""

    role: str
    organisation_kind: str
    category: str
    label: str
    purpose: str
    act: str
    level: str
    effect: str


class Cell(NamedTuple):
    """What a row must equal, word for word, to match."""

    role: str
    organisation_kind: str
    category: str
    label: str
    purpose: str
    act: str


@dataclass(frozen=True, slots=True)
class PolicyIndex:
    """The same rows, sorted into cells, for callers who ask often."""

    cells: Mapping[Cell, tuple[PolicyRow, ...]]


Rows = PolicyIndex | Collection[PolicyRow]


def index(rows: Iterable[PolicyRow]) -> PolicyIndex:
    """Sort rows into cells once, so that later questions need no scan."""
    cells: dict[Cell, list[PolicyRow]] = defaultdict(list)
    for row in rows:
        cells[cell_of(row)].append(row)
    return PolicyIndex({cell: tuple(found) for cell, found in cells.items()})


def level(
    rows: Rows, role: str, kind: str, purpose: str, category: str, labels: Iterable[str]
) -> Level:
    """Return how much of an item these rows let be viewed."""
    return _act_level(rows, Cell(role, kind, category, "", purpose, "view"), frozenset(labels))


def may(
    rows: Rows,
    role: str,
    kind: str,
    purpose: str,
    act: str,
    category: str,
    labels: Iterable[str] = NORMAL,
) -> bool:
    """Return whether these rows permit an act other than view.

    Shape: without `labels` the question is about an item with no sensitive label.
    """
    question = Cell(role, kind, category, "", purpose, act)
    return _act_level(rows, question, frozenset(labels)) in LEVELS_THAT_PERMIT_AN_ACT


def has_open_row(rows: Rows, role: str, kind: str, purpose: str, category: str, label: str) -> bool:
    """Return whether the rows of one category and label show anything, whatever other rows say: settled."""
    if act_is_barred(role, purpose, "view") or label in BARRED_LABELS:
        return False
    return _cell_level(rows, Cell(role, kind, category, label, purpose, "view")) != "none"


def act_is_barred(role: str, purpose: str, act: str) -> bool:
    """Return whether no policy can let this role do this act for this purpose.

    Source: the roles file, section 5, "All patient-level endpoints return 403 for these
    roles, whatever the purpose" and "Clinical roles cannot call planning row-level
    endpoints"; section 6 step 2, "Purpose allowed for role"; safety, rule 3, the hard
    invariants (label and purpose among them) "are ANDed ...; Casbin can only narrow".
    """
    return settled.act_is_barred(role, purpose, act, CARE_ROLES, NON_CARE_ROLES, CARE_PURPOSES)


def labels_are_barred(labels: frozenset[str]) -> bool:
    """Return whether a label set is never shown to anyone.

    Source: the roles file, section 1, "D for everyone in every purpose", and section 4,
    "Never lifted"; safety, rule 19, "Unknown label ... = most restrictive". No label at
    all is a fault, since decisions, section 9, has the label `normal`.
    """
    return not labels or bool(labels & BARRED_LABELS) or not labels <= set(LABELS)


def effective_labels(labels: frozenset[str]) -> frozenset[str]:
    """Return the labels whose rows count for an item.

    Source: decisions, section 9, "`own` replaces that item's sexual-health label". `own` never
    opens more than the same item would be open as `normal` (ambiguity 3).
    """
    return settled.labels_that_count(labels)


def cell_of(row: PolicyRow) -> Cell:
    """Return the cell a row belongs to."""
    return Cell(row.role, row.organisation_kind, row.category, row.label, row.purpose, row.act)


def _act_level(rows: Rows, question: Cell, labels: frozenset[str]) -> Level:
    if act_is_barred(question.role, question.purpose, question.act):
        return "none"
    if question.category not in CATEGORIES or labels_are_barred(labels):
        return "none"
    # Decisions, section 9: "an item with several labels takes the lowest".
    cells = [question._replace(label=label) for label in sorted(effective_labels(labels))]
    return lowest([_cell_level(rows, cell) for cell in cells])


def _cell_level(rows: Rows, cell: Cell) -> Level:
    matches = _matching(rows, cell)
    # Decisions, section 9: "any matching deny gives none"; safety, PA 02: an effect other
    # than exactly allow or deny is refused, so here it denies.
    if any(row.effect != "allow" for row in matches):
        return "none"
    # Decisions, section 9: "Lowest level over matching allows"; no match is none, since
    # the roles file, section 6, is "deny by default".
    return lowest([row.level for row in matches])


def _matching(rows: Rows, cell: Cell) -> tuple[PolicyRow, ...]:
    # Decisions, section 9: "equality and `g` only": no wildcard is ever understood.
    if isinstance(rows, PolicyIndex):
        return rows.cells.get(cell, ())
    return tuple(row for row in rows if cell_of(row) == cell)
