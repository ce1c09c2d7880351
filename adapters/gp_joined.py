"""Put a practice's record and its list of documents together into one answer.

Pure. A list of documents that did not come leaves a notice, never a shorter record.
"""

from dataclasses import replace

from adapters.contract import Notice, NoticeKind, Outcome, Reason, ServedKind, SourceAnswer
from adapters.gp_documents import Listing
from adapters.gp_errors import Ending
from adapters.stu3_to_r4 import MappedRecord, UnreadableRecordError, map_bundle
from fhir_profiles.vocabulary import Category

DOCUMENT_CATEGORIES = frozenset({Category.DOCUMENTS, Category.END_OF_LIFE, Category.SOCIAL_CARE})
"""What a document can turn out to be once its codes are read."""

_PART_MISSING = (Outcome.MALFORMED, Reason.PART_UNREADABLE)
_WITHHELD_WHOLE = frozenset({Outcome.REFUSED, Outcome.WITHHELD, Outcome.NOT_ASKED})


def with_documents(answer: SourceAnswer, listing: Listing) -> SourceAnswer:
    """Add the listed documents to an answer; none to one that the practice or the person refused."""
    if answer.outcome in _WITHHELD_WHOLE and not answer.bodies:
        return answer
    if listing.body is None:
        return _noticed(answer, listing.ending)
    try:
        listed = map_bundle(listing.body, answer.originals)
    except UnreadableRecordError as error:
        return _noticed(answer, (Outcome.MALFORMED, error.reason))
    joined = _joined(answer, listed)
    return joined if listing.is_whole else _noticed(joined, _PART_MISSING)


def _joined(answer: SourceAnswer, listed: MappedRecord) -> SourceAnswer:
    outcome, reason = answer.outcome, answer.reason
    if listed.unreadable and outcome in {Outcome.DATA, Outcome.EMPTY}:
        outcome, reason = Outcome.MALFORMED, Reason.PART_UNREADABLE
    elif "DocumentReference" in listed.resource_types and outcome is Outcome.EMPTY:
        outcome = Outcome.DATA
    return replace(
        answer,
        outcome=outcome,
        reason=reason,
        bodies=(*answer.bodies, listed.body),
        kind=ServedKind.MAPPED,
        notices=tuple(dict.fromkeys((*answer.notices, *listed.notices))),
        originals={**listed.originals, **answer.originals},
        listed=(*answer.listed, *listed.listed),
    )


def _noticed(answer: SourceAnswer, ending: Ending) -> SourceAnswer:
    kind = _KIND_OF_ENDING.get(ending[1], NoticeKind.UNREADABLE_PART)
    notices = (Notice(kind, each) for each in Category if each in DOCUMENT_CATEGORIES)
    # With something missing, "nothing there" would be too much.
    outcome = Outcome.DATA if answer.outcome is Outcome.EMPTY else answer.outcome
    return replace(
        answer, outcome=outcome, notices=tuple(dict.fromkeys((*answer.notices, *notices)))
    )


_KIND_OF_ENDING = {
    Reason.AREA_SWITCHED_OFF: NoticeKind.AREA_SWITCHED_OFF,
    Reason.UNAUTHORISED: NoticeKind.AREA_SWITCHED_OFF,
    Reason.NO_CONSENT: NoticeKind.CONFIDENTIAL_ITEMS,
}
