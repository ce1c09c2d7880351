"""Bound what one answer may cost: decoded bytes and time, shared by all its calls.

Measures nothing itself; the transport charges the budget and ends at the deadline.
"""

from dataclasses import dataclass


class OverBudgetError(Exception):
    """Say that an answer grew beyond its cap."""


class ByteBudget:
    """Decoded bytes that one answer may still bring; calls that run at once share it."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    @property
    def left(self) -> int:
        """Say how many bytes may still come."""
        return self._left

    def take(self, count: int) -> None:
        """Charge bytes that are about to be kept.

        Raises OverBudgetError when fewer are left; nothing is charged then.
        """
        if count > self._left:
            raise OverBudgetError("The answer is larger than its cap.")
        self._left -= count


@dataclass(frozen=True, slots=True)
class Allowance:
    """Time and bytes of one answer. `ends_at` is on the event loop's monotonic clock, in seconds."""

    ends_at: float
    budget: ByteBudget
