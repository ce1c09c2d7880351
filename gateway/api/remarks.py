"""Say in words what a source's line of the receipt tells beyond its outcome.

Decides nothing. What a source holds back is told in the same words whatever the reason (GP Connect: notices
are shown to the reader word for word in sense).
"""

from collections.abc import Iterator
from typing import assert_never

from adapters.contract import Notice, NoticeKind
from gateway.patient.people import Difference
from gateway.patient.receipt import SourceLine


def remarks_of(line: SourceLine) -> Iterator[str]:
    """Give a sentence for each notice, for what a silent source may have withdrawn, and for each difference from PDS."""
    yield from dict.fromkeys(map(_noticed, line.notices))
    if line.may_have_withdrawn:
        yield "What other sources show may have been corrected or withdrawn at this one."
    yield from map(_differing, sorted(line.differences))


def _noticed(notice: Notice) -> str:
    area = "all areas" if notice.category is None else notice.category.value
    match notice.kind:
        case NoticeKind.CONFIDENTIAL_ITEMS:
            return "The source holds back items."
        case NoticeKind.DATA_IN_TRANSIT:
            return f"The record's transfer to the source is not complete: {area}."
        case NoticeKind.DATA_AWAITING_FILING:
            return f"The source has items that are not yet filed: {area}."
        case NoticeKind.AREA_SWITCHED_OFF:
            return f"Switched off at the source: {area}."
        case NoticeKind.UNREADABLE_PART:
            return f"Part of the answer could not be read: {area}."
        case NoticeKind.IDENTITY_HOLD:
            return "A record that may belong to this person is withheld until it is checked whose it is."
        case _:
            assert_never(notice.kind)


def _differing(difference: Difference) -> str:
    return (
        f"The source's {difference.value} differs from the demographics service's: check identity."
    )
