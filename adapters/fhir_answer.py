"""Decide one source's answer from its parts: what was got, what failed, what is missing.

Pure. Never silently short: one failed part makes the whole answer failed, with the good pages kept
for the caller to show as partial, and a notice for each category that may miss something.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.contract import Notice, NoticeKind, Outcome, Reason, SourceAnswer
from adapters.transport import Unfetched
from fhir_profiles.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Part:
    """One search of an answer: its pages that hold resources, and the fault that ended it, if any."""

    categories: tuple[Category, ...]
    bodies: tuple[bytes, ...] = field(default=(), repr=False)
    fault: Unfetched | None = None
    # The oldest time that one of its pages states for itself.
    made_at: datetime | None = None


# The first that occurs names the answer: what a retry may cure stands before what it will not.
_WORST_FIRST = (Outcome.TIMED_OUT, Outcome.FAILED, Outcome.REFUSED, Outcome.MALFORMED)
PART_UNREADABLE = Unfetched(Outcome.MALFORMED, Reason.PART_UNREADABLE)


def answer_of(source_id: str, parts: Sequence[Part]) -> SourceAnswer:
    """Join the parts of one answer; the order of parts decides nothing but the order of bodies."""
    bodies = tuple(body for part in parts for body in part.bodies)
    fault = _naming_fault([part.fault for part in parts if part.fault is not None])
    if fault is None:
        return SourceAnswer(source_id, Outcome.DATA if bodies else Outcome.EMPTY, bodies=bodies)
    return SourceAnswer(
        source_id,
        fault.outcome,
        fault.reason,
        bodies,
        notices=_notices(parts),
        http_status=fault.http_status,
    )


def _naming_fault(faults: Sequence[Unfetched]) -> Unfetched | None:
    return min(faults, key=_rank, default=None)


def _rank(fault: Unfetched) -> tuple[int, str, int]:
    return _WORST_FIRST.index(fault.outcome), fault.reason, fault.http_status or 0


def _notices(parts: Sequence[Part]) -> tuple[Notice, ...]:
    missing = {one for part in parts if part.fault is not None for one in part.categories}
    return tuple(
        Notice(NoticeKind.UNREADABLE_PART, category) for category in Category if category in missing
    )
