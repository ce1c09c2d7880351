"""Say what each source contributed, and what is therefore missing.

Computed after narrowing, from what is left. Which sources it lists depends on configuration and role only.
docs/decisions/0007, section 1: ten outcomes; an error is never `empty`; `wrong-patient` is told outward as `refused`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from adapters.contract import Notice, Outcome, Reason
from gateway.patient.people import Difference

_COMPLETE = frozenset({Outcome.DATA, Outcome.EMPTY})
_BY_DESIGN = frozenset({Reason.ROLE, Reason.STAGE})
"""Why a source is rightly not asked; any other reason leaves a gap that the reader must hear of."""

_LEAVES_NO_RECORD = frozenset({Reason.AGREEMENT, Reason.STAGE})
"""Why a source is not asked for any of what it holds."""

_WHOLE_OR_NOT_WANTED = frozenset({Outcome.DATA, Outcome.EMPTY, Outcome.NOT_ASKED})

_ANSWERED = frozenset({Outcome.DATA, Outcome.EMPTY, Outcome.STALE})


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source's line: what it ended in, how many items of it are shown, what it says it holds back.

    `differences` are the details in which its Patient differs from PDS; `is_complete` says whether it gave
    everything it has that the reader may see.
    """

    source_id: str
    outcome: Outcome
    shown: int
    notices: tuple[Notice, ...] = ()
    stale_since: datetime | None = None
    differences: frozenset[Difference] = frozenset()
    is_complete: bool = True

    @property
    def may_have_withdrawn(self) -> bool:
        """Say whether something that others show may be withdrawn at this source, and nobody here could know.

        A retraction wins over every copy of the item (docs/decisions/0007, section 3), but only when it is seen.
        """
        return self.outcome not in _WHOLE_OR_NOT_WANTED


@dataclass(frozen=True, slots=True)
class Receipt:
    """Every source's line, in the directory's order."""

    lines: tuple[SourceLine, ...]

    @property
    def is_complete(self) -> bool:
        """Say whether every source that should have answered did, and in full."""
        return all(line.is_complete for line in self.lines)


@dataclass(frozen=True, slots=True)
class SourceEnd:
    """How asking one source ended, before narrowing; `reason` is for audit, never for the reader."""

    source_id: str
    outcome: Outcome
    reason: Reason
    notices: tuple[Notice, ...] = ()
    stale_since: datetime | None = None
    has_proven_data: bool = False
    differences: frozenset[Difference] = frozenset()


def receipt_of(ends: tuple[SourceEnd, ...], shown: Mapping[str, int]) -> Receipt:
    """Make the receipt from how the sources ended and how many items of each are shown."""
    return Receipt(tuple(_line(end, shown.get(end.source_id, 0)) for end in ends))


def no_source_answered(ends: tuple[SourceEnd, ...]) -> bool:
    """Say whether nobody answered: then there is no view, not an empty one."""
    asked = [end for end in ends if _was_to_be_asked(end)]
    return bool(asked) and not any(_answered(end) for end in asked)


def _was_to_be_asked(end: SourceEnd) -> bool:
    # Where no source is agreed, or none is released to the reader yet, there is no record; it is not an empty one.
    return end.outcome is not Outcome.NOT_ASKED or end.reason in _LEAVES_NO_RECORD


def _answered(end: SourceEnd) -> bool:
    return end.outcome in _ANSWERED or end.has_proven_data


def _line(end: SourceEnd, shown: int) -> SourceLine:
    return SourceLine(
        source_id=end.source_id,
        outcome=_outward(end.outcome, shown),
        shown=shown,
        notices=end.notices,
        stale_since=end.stale_since,
        differences=end.differences,
        is_complete=_is_complete(end),
    )


def _is_complete(end: SourceEnd) -> bool:
    if end.outcome is Outcome.NOT_ASKED:
        return end.reason in _BY_DESIGN
    return end.outcome in _COMPLETE and not end.notices


def _outward(outcome: Outcome, shown: int) -> Outcome:
    match outcome:
        case Outcome.WRONG_PATIENT:
            return Outcome.REFUSED
        case Outcome.DATA if shown == 0:
            return Outcome.EMPTY
        case _:
            return outcome
