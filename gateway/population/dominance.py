"""Say whether a sum of money tells what one person cost, because a few people make up most of it.

Pure. Source: Hundepool and others, Handbook on Statistical Disclosure Control, 2nd edition, section 4.2 ((n, k) and p%
rules); the default of (2, 85) is that of R's sdcTable (primarySuppression). p = 10 is a judgement: the offices that use
the rule do not publish theirs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gateway.population.intervals import Interval, Name
from gateway.population.small_numbers import SMALLEST_SHOWN, SUPPRESSED, Suppressed
from gateway.population.suppression import MOST, CannotProtect, Cell, Total, kept_back


@dataclass(frozen=True, slots=True)
class LargestShares:
    """The (n, k) rule: a cell is kept back if its `largest` contributors make up more than `percent` of it."""

    largest: int = 2
    percent: float = 85.0


@dataclass(frozen=True, slots=True)
class PercentRule:
    """The p% rule: a cell is kept back if the second contributor can tell the first to within `percent` of the truth."""

    percent: float = 10.0


DominanceRule: TypeAlias = LargestShares | PercentRule


@dataclass(frozen=True, slots=True)
class Costs:
    """What each person of a cell cost, in pounds: all of them, or the largest with the whole and the number of people."""

    whole: float
    people: int
    largest: tuple[float, ...]
    """From the largest down; at least two where there are two people, and at least `LargestShares.largest`."""
    is_kept_back: bool = False
    is_told: bool = False

    @classmethod
    def of(cls, contributions: Sequence[float]) -> "Costs":
        """Take all contributions. Raises ValueError for one below 0, of which no share can be told."""
        if any(each < 0 for each in contributions):
            raise ValueError("dominance is told of costs that are not below 0")
        return cls(sum(contributions), len(contributions), tuple(sorted(contributions)[::-1]))


def is_dominated(costs: Costs, rule: DominanceRule) -> bool:
    """Say whether a cell tells too much of its largest contributors; one of a cost of 0 tells nothing."""
    if not costs.whole:
        return False
    if isinstance(rule, LargestShares):
        return sum(costs.largest[: rule.largest]) > costs.whole * rule.percent / 100
    first, second = (*costs.largest, 0.0, 0.0)[:2]
    return costs.whole - first - second < first * rule.percent / 100


def is_mostly_of_few(amounts: Iterable[int], *, are_costs: bool) -> bool:
    """Say whether a sum of contacts or costs, or what it changed by, tells what one person had."""
    costs = Costs.of([abs(each) for each in amounts])
    rules = (PercentRule(), LargestShares()) if are_costs else (PercentRule(),)
    return any(is_dominated(costs, rule) for rule in rules)


def protected_costs(
    cells: Mapping[Name, Costs],
    totals: tuple[Total[Name], ...],
    rounded_to: int,
    rules: Sequence[DominanceRule] = (PercentRule(), LargestShares()),
) -> dict[Name, int | Suppressed] | CannotProtect[Name]:
    """Give what may be published of each cell's cost, rounded, in pounds.

    Kept back: of 1 to 7 people, dominated, or needed so that a total does not tell one of these to within the p% rule.
    Raises ImpossibleError when a total is not the sum of its parts.
    """
    rounded = {name: round(each.whole / rounded_to) * rounded_to for name, each in cells.items()}
    drawn = {name: _cell(each, rounded[name], rounded_to, rules) for name, each in cells.items()}
    hidden = kept_back(drawn, totals, are_whole=False)
    if isinstance(hidden, CannotProtect):
        return hidden
    return {name: SUPPRESSED if name in hidden else value for name, value in rounded.items()}


def _cell(costs: Costs, rounded: int, rounded_to: int, rules: Sequence[DominanceRule]) -> Cell:
    shown = Interval(max(rounded - rounded_to / 2, 0), rounded + rounded_to / 2)
    is_sensitive = (
        costs.is_kept_back
        or 0 < costs.people < SMALLEST_SHOWN
        or any(is_dominated(costs, rule) for rule in rules)
    )
    is_known = (costs.is_told or not costs.people) and not is_sensitive
    hidden = shown if is_known else Interval(0, MOST_POUNDS)
    doubt = 2 * max(costs.largest, default=0) * PercentRule().percent / 100
    return Cell(costs.whole, shown, hidden, is_sensitive, doubt)


MOST_POUNDS = MOST * 1000
"""No cost here is above this: a thousand pounds for everybody in London."""
