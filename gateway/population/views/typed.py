"""Name what a path means: a tree in which every element is known and every type is settled.

Holds no rule: `resolve.py` builds it, `render.py` writes it as SQL.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from gateway.population.views.shapes import Part, Shape


class Family(StrEnum):
    """What values can be compared with one another, or reckoned with."""

    NOTHING = "nothing"
    TEXT = "a text"
    BOOLEAN = "a boolean"
    INTEGER = "an integer"
    DECIMAL = "a decimal"
    DATE = "a date"
    DATE_TIME = "a date with time"
    TIME = "a time"
    STRUCTURE = "a structure"
    CHOICE = "one of several types"


NUMBERS = frozenset({Family.INTEGER, Family.DECIMAL})
DATES = frozenset({Family.DATE, Family.DATE_TIME})
_FAMILIES = {
    "": Family.NOTHING,
    "boolean": Family.BOOLEAN,
    "integer": Family.INTEGER,
    "integer64": Family.INTEGER,
    "positiveInt": Family.INTEGER,
    "unsignedInt": Family.INTEGER,
    "decimal": Family.DECIMAL,
    "date": Family.DATE,
    "dateTime": Family.DATE_TIME,
    "instant": Family.DATE_TIME,
    "time": Family.TIME,
}
_TEXTS = frozenset(
    [
        "base64Binary",
        "canonical",
        "code",
        "id",
        "markdown",
        "oid",
        "string",
        "uri",
        "url",
        "uuid",
        "xhtml",
    ]
)


def family_of(kind: str) -> Family:
    """Give the family of a FHIR type."""
    if kind in _TEXTS:
        return Family.TEXT
    return _FAMILIES.get(kind, Family.STRUCTURE)


@dataclass(frozen=True, slots=True)
class Typed:
    """A meaning with its FHIR type (empty where there is nothing, or a choice), and whether it may be several.

    `shape` collects what is read below it; a value that was reckoned has none.
    """

    node: "Node"
    kind: str
    is_list: bool = False
    shape: Shape | None = None

    @property
    def family(self) -> Family:
        """Give what it can be compared with."""
        return Family.CHOICE if isinstance(self.node, Choice) else family_of(self.kind)


@dataclass(frozen=True, slots=True)
class Nothing:
    """No value, whatever the resource."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A literal or a constant."""

    value: str | bool | int | Decimal


@dataclass(frozen=True, slots=True)
class Resource:
    """The resource itself, whose elements are columns."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What an SQL name stands for: the item of a row, or of a list that is gone through.

    `there` names what says whether there is an item at all, where there may be none.
    """

    name: str
    there: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An element of what is before it, of which one part at most is there: a choice has several."""

    of: Typed
    parts: tuple[Part, ...]

    @property
    def part(self) -> Part:
        """Give the part that stands for all: they differ in name alone."""
        return self.parts[0]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside each item of a list of primitives, in the places of the items."""

    of: Step


@dataclass(frozen=True, slots=True)
class Choice:
    """An element of one of several types, until `ofType` says which."""

    of: Typed
    name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """The items for which a criterion is true; `name` stands for each in it."""

    of: Typed
    name: str
    criterion: Typed


@dataclass(frozen=True, slots=True)
class Guarded:
    """A single value, if a criterion is true."""

    of: Typed
    criterion: Typed


@dataclass(frozen=True, slots=True)
class Picked:
    """The item at a place, counted from 0."""

    of: Typed
    place: int


@dataclass(frozen=True, slots=True)
class Exists:
    """Whether there is anything, in any of them."""

    of: tuple[Typed, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The other of true and false."""

    of: Typed


@dataclass(frozen=True, slots=True)
class Operation:
    """Two operands and what is between them."""

    operator: str
    left: Typed
    right: Typed


@dataclass(frozen=True, slots=True)
class Negated:
    """A number with its sign turned."""

    of: Typed


@dataclass(frozen=True, slots=True)
class ReferenceKey:
    """The id that a reference points to, if it is to that type."""

    of: Typed
    target: str | None


@dataclass(frozen=True, slots=True)
class Joined:
    """All texts in one."""

    of: Typed
    separator: Typed


@dataclass(frozen=True, slots=True)
class Boundary:
    """The least or the greatest value that a value of its precision may stand for."""

    of: Typed
    is_high: bool


@dataclass(frozen=True, slots=True)
class RowIndex:
    """The place of the row's item among its likes; `name` is `None` where there is only one."""

    name: str | None


Node = (
    Nothing
    | Fixed
    | Resource
    | Bound
    | Step
    | Beside
    | Choice
    | Kept
    | Guarded
    | Picked
    | Exists
    | Not
    | Operation
    | Negated
    | ReferenceKey
    | Joined
    | Boundary
    | RowIndex
)
NOTHING = Typed(Nothing(), "")
