"""Say how the sources ended as far as it concerns what a reader may see; the truth stays for the audit.

Decides no outcome: `gateway/patient/verify.py` and the sources do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from adapters.contract import Notice, Reason, SourceAnswer
from gateway.access.permit import Permit
from gateway.access.sharing import Coverage
from gateway.patient.narrow import Narrowed
from gateway.patient.receipt import SourceEnd
from gateway.patient.verify import has_conflicting_copies
from rbac.types import Level


def told_ends(
    permit: Permit,
    shared: Mapping[str, Coverage],
    ends: Iterable[SourceEnd],
    answers: Iterable[SourceAnswer],
    narrowed: Narrowed,
) -> tuple[SourceEnd, ...]:
    """Give how the sources ended as far as it concerns what the reader may see."""
    return tuple(
        replace(
            end if _is_conflict_seen(end, narrowed) else _as_answered(end, answer),
            notices=tuple(
                each for each in end.notices if _is_told(permit, shared[end.source_id], each)
            ),
        )
        for end, answer in zip(ends, answers, strict=True)
    )


def _is_conflict_seen(end: SourceEnd, narrowed: Narrowed) -> bool:
    return end.reason is not Reason.CONFLICTING_COPIES or has_conflicting_copies(
        each.worked for each in narrowed.kept if each.item.source_id == end.source_id
    )


def _as_answered(end: SourceEnd, answer: SourceAnswer) -> SourceEnd:
    return replace(end, outcome=answer.outcome, reason=answer.reason)


def _is_told(permit: Permit, shared: Coverage, notice: Notice) -> bool:
    category = notice.category
    if category is None:
        return True
    is_for_role = permit.levels_in_scope.level_of(category, frozenset()) is not Level.NONE
    return is_for_role and shared.lets_through((category,), frozenset())
