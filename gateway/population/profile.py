"""Say what a dataset must keep to before it may leave: which columns tell who somebody is, and how alike people must be.

Pure data; decides nothing. Sources: L. Sweeney, k-anonymity (2002), doi:10.1142/S0218488502001648; A. Machanavajjhala and
others, l-diversity (2007), doi:10.1145/1217299.1217302; N. Li and others, t-closeness (2007), doi:10.1109/ICDE.2007.367856;
J. Cao and P. Karras, Publishing Microdata with a Robust Privacy Guarantee (beta-likeness), Proceedings of the VLDB, 2012.
The papers leave the numbers to who uses them: 8 follows the small-numbers rule of Hospital Episode Statistics
(gateway/population/small_numbers.py); all others are judgements.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

FEWEST_PEOPLE = 8
FEWEST_PEOPLE_OF_VIOLENCE = 10
"""A victim is often known to who looks for them. Judgement."""
FEWEST_VALUES = 2
FEWEST_VALUES_IF_SENSITIVE = 3
FURTHEST = 0.3
MOST_KNOWN = 5
"""So many things are taken to be known of somebody by who looks for them. Judgement."""
UNKNOWN = "unknown"
"""What a column of a dataset says where nothing is known, as NULL does."""


@dataclass(frozen=True, slots=True)
class SensitiveColumn:
    """A column that says something about a person which nobody should learn from it."""

    name: str
    fewest_values: int = FEWEST_VALUES

    @classmethod
    def highly(cls, name: str) -> "SensitiveColumn":
        """Make one of which two values are too few, such as a diagnosis or the means of an assault."""
        return cls(name, FEWEST_VALUES_IF_SENSITIVE)


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of amounts, such as a cost in pounds, each a multiple of `rounded_to`."""

    name: str
    rounded_to: int


@dataclass(frozen=True, slots=True)
class DisclosureProfile:
    """The kind of each column of a dataset's rows, and how many people must be alike.

    `identifiers` are the project's own keyed pseudonyms, the person's first. A column that is in none of the lists is
    refused. `event` names the columns that an onlooker may know of one
    event, such as what happened and when; it is empty where a row is a person.
    """

    dataset: str
    identifiers: tuple[str, ...]
    quasi_identifiers: tuple[str, ...]
    sensitive: tuple[SensitiveColumn, ...] = ()
    measures: tuple[Measure, ...] = ()
    fewest_people: int = FEWEST_PEOPLE
    furthest: float = FURTHEST
    event: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = self.columns
        if not self.identifiers or not self.quasi_identifiers or len(set(names)) < len(names):
            raise ValueError(
                "a profile names a person's column and what tells people apart, each once"
            )
        if self.fewest_people < FEWEST_PEOPLE or not 0 <= self.furthest <= FURTHEST:
            raise ValueError(
                "a profile asks for no fewer than 8 people, and no more distance than 0.3"
            )
        if not {*self.event} <= {*names}:
            raise ValueError("what is known of an event is in columns of the profile")
        if any(each.fewest_values < FEWEST_VALUES for each in self.sensitive):
            raise ValueError("a sensitive column has at least two values in each class")

    @property
    def person(self) -> str:
        """The column of the person's pseudonym."""
        return self.identifiers[0]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that rows of the dataset may have."""
        sensitive = tuple(each.name for each in self.sensitive)
        measures = tuple(each.name for each in self.measures)
        return (*self.identifiers, *self.quasi_identifiers, *sensitive, *measures)

    def known_subsets(self) -> Iterator[tuple[str, ...]]:
        """Give every set of up to 5 quasi-identifiers that might be known of somebody, the largest first."""
        for size in range(min(MOST_KNOWN, len(self.quasi_identifiers)), 0, -1):
            yield from combinations(self.quasi_identifiers, size)

    def widest_subsets(self) -> Iterator[tuple[str, ...]]:
        """Give the subsets that imply all others: who is alike by more columns is alike by fewer.

        k, l and t each have this subset property (t-closeness, section 3).
        """
        return combinations(self.quasi_identifiers, min(MOST_KNOWN, len(self.quasi_identifiers)))
