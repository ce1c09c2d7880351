"""Work out what a reader who can solve equations knows of each number: the least and the most that it can be.

Decides nothing. The attacker's problem of statistical disclosure control, solved exactly with an integer or linear
program. Source: Hundepool and others, Handbook on Statistical Disclosure Control, 2nd edition, chapter 4 (feasibility
intervals); M. Fischetti and J. J. Salazar, Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47 (2001), doi:10.1287/mnsc.47.7.1008.9805.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, NamedTuple, TypeVar

import highspy
from typing_extensions import override

Name = TypeVar("Name", bound=Hashable)


class Interval(NamedTuple):
    """From `least` to `most`, both included and neither infinite: somebody always knows how many people there are."""

    least: float
    most: float

    @property
    def count_of_values(self) -> float:
        """How many whole numbers are in it."""
        return self.most - self.least + 1


@dataclass(frozen=True, slots=True)
class Sum(Generic[Name]):
    """What is known of a sum of numbers: that it lies within `bounds`; a number may count more than once or negatively."""

    terms: Mapping[Name, int]
    bounds: Interval


class ImpossibleError(ValueError):
    """What is known contradicts itself: no numbers are so."""


@dataclass(frozen=True, slots=True)
class Known(Generic[Name]):
    """All that is known of some numbers: the bounds of each, and those of sums of them."""

    bounds: Mapping[Name, Interval]
    sums: tuple[Sum[Name], ...]
    are_whole: bool = True


def feasible_intervals(known: Known[Name], asked: Iterable[Name]) -> dict[Name, Interval]:
    """Give the least and the most that each asked number can be.

    Raises ImpossibleError when no numbers are as known.
    """
    solver = _solver_of(known)
    places = _places(known)
    return {name: _interval(solver, places[name]) for name in asked}


def narrow_intervals(known: Known[Name], doubts: Mapping[Name, float]) -> dict[Name, Interval]:
    """Give the interval of each number that cannot differ by as much as its doubt, in order of `doubts`.

    Raises ImpossibleError when no numbers are as known.
    """
    solver = _solver_of(known)
    places = _places(known)
    left = _not_seen_apart(solver, {name: places[name] for name in doubts}, doubts)
    narrow = {name: _interval(solver, places[name]) for name in left}
    return {name: each for name, each in narrow.items() if each.most - each.least < doubts[name]}


def is_possible(known: Known[Name]) -> bool:
    """Say whether there are any numbers that are as known."""
    solver = _solver_of(known)
    solver.run()
    return bool(solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)


class _SilentSolver(highspy.Highs):
    """A solver that does not write its name to standard output, where a release may be going."""

    @override
    def enableCallbacks(self) -> None:
        self.setOptionValue("output_flag", False)  # noqa: FBT003 - the solver's own signature
        super().enableCallbacks()  # type: ignore[no-untyped-call]  # the solver says no types here


def _solver_of(known: Known[Name]) -> highspy.Highs:
    solver = _SilentSolver()  # type: ignore[no-untyped-call]  # as above
    # One thread: the same release gives the same bytes wherever it is made.
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(_program(known))
    return solver


def _program(known: Known[Name]) -> highspy.HighsLp:
    places, bounds, sums = _places(known), known.bounds.values(), known.sums
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(bounds), len(sums)
    program.col_cost_ = [0.0] * len(bounds)
    program.col_lower_ = [each.least for each in bounds]
    program.col_upper_ = [each.most for each in bounds]
    program.row_lower_ = [each.bounds.least for each in sums]
    program.row_upper_ = [each.bounds.most for each in sums]
    kind = highspy.HighsVarType.kInteger if known.are_whole else highspy.HighsVarType.kContinuous
    program.integrality_ = [kind] * len(bounds)
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = [0, *accumulate(len(each.terms) for each in sums)]
    matrix.index_ = [places[name] for each in sums for name in each.terms]
    matrix.value_ = [float(times) for each in sums for times in each.terms.values()]
    return program


def _places(known: Known[Name]) -> dict[Name, int]:
    return {name: place for place, name in enumerate(known.bounds)}


def _not_seen_apart(
    solver: highspy.Highs, places: Mapping[Name, int], doubts: Mapping[Name, float]
) -> list[Name]:
    """Give the numbers that few solutions of the whole do not show to differ by their doubt.

    Each solution is a world that fits all that is known, so two of them prove a number's doubt: of a large table that
    settles nearly every cell at once. The others are asked about one by one.
    """
    left, seen = list(places), {name: [float("inf"), float("-inf")] for name in places}
    for pattern in range(_PATTERNS):
        if len(left) <= _FEW:
            break
        for sign in (1.0, -1.0):
            costs = {
                places[name]: sign * (-1.0 if turn >> (pattern // 2) & 1 else 1.0)
                for turn, name in enumerate(left)
            }
            values = _solve(solver, costs)
            for name in left:
                least, most = seen[name]
                seen[name] = [min(least, values[places[name]]), max(most, values[places[name]])]
        left = [name for name in left if seen[name][1] - seen[name][0] < doubts[name] - _TOLERANCE]
    return left


def _interval(solver: highspy.Highs, place: int) -> Interval:
    least, most = (_solve(solver, {place: sign})[place] for sign in (1.0, -1.0))
    return Interval(_settled(least), _settled(most))


def _solve(solver: highspy.Highs, costs: Mapping[int, float]) -> Sequence[float]:
    """Give the numbers of the least cost that are as known."""
    for place, cost in costs.items():
        solver.changeColCost(place, cost)
    solver.run()
    status, values = solver.getModelStatus(), list(solver.getSolution().col_value)
    for place in costs:
        solver.changeColCost(place, 0.0)
    if status != highspy.HighsModelStatus.kOptimal:
        raise ImpossibleError("no numbers are as known")
    return values


def _settled(value: float) -> float:
    nearest = round(value)
    return float(nearest) if abs(value - nearest) < _TOLERANCE else value


_TOLERANCE = 1e-6
"""The solver's own default of feasibility."""
_PATTERNS = 8
"""Rounds of looking at all numbers at once; those left are then few, or truly narrow."""
_FEW = 4
"""So few are asked about one by one at once."""
