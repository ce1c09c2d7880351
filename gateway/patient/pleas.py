"""Read the reason that somebody gives for access without a recorded relationship: a closed word, and their own words.

Judges no reason: a privacy officer does, afterwards.
"""

from dataclasses import dataclass, field

from gateway.audit.acts import escaped
from gateway.audit.free_text import without_identifiers
from gateway.errors import BadRequestError
from gateway.store.words import ClaimReason, EmergencyReason, PermissionAnswer, UnableReason

REASON_CHARACTERS_AT_LEAST = 10
"""docs/decisions/0016, section 2."""

REASON_CHARACTERS_AT_MOST = 500
"""A few sentences; what an audit entry keeps of a text is longer, even if every second character is escaped."""


@dataclass(frozen=True, slots=True)
class Plea:
    """A reason to break the glass. `reason` is escaped, as it is kept."""

    reason_code: EmergencyReason
    reason: str = field(repr=False)


def read_plea(reason_code: object, reason: object) -> Plea:
    """Read both parts of a reason.

    Raises BadRequestError when the word is none of the closed list, or the text too short or too long.
    """
    words = tuple(each.value for each in EmergencyReason)
    if reason_code not in words:
        raise BadRequestError(f"reason_code is one of: {', '.join(words)}.", "required")
    return Plea(EmergencyReason(str(reason_code)), read_reason(reason))


@dataclass(frozen=True, slots=True)
class ClaimPlea:
    """A reason to claim a relationship. `reason` is escaped, as it is kept."""

    reason_code: ClaimReason
    reason: str = field(repr=False)


def read_claim_plea(reason_code: object, reason: object) -> ClaimPlea:
    """Read both parts of a reason.

    Raises BadRequestError when the word is none of the closed list, or the text too short or too long.
    """
    words = tuple(each.value for each in ClaimReason)
    if reason_code not in words:
        raise BadRequestError(f"reason_code is one of: {', '.join(words)}.", "required")
    return ClaimPlea(ClaimReason(str(reason_code)), read_reason(reason))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answered; why they could not be asked, where they could not. `reason` is escaped, as it is kept."""

    answer: PermissionAnswer
    reason_code: UnableReason | None = None
    reason: str | None = field(default=None, repr=False)


def read_answer(answer: object, reason_code: object, reason: object) -> Answer:
    """Read an answer; a reason goes with `unable`, and with nothing else.

    Raises BadRequestError when the answer or the reason's word is none of its list, when the text is too short or too
    long, or when there is a reason and nothing to give one for.
    """
    answers = tuple(each.value for each in PermissionAnswer)
    if answer not in answers:
        raise BadRequestError(f"answer is one of: {', '.join(answers)}.", "required")
    if answer != PermissionAnswer.UNABLE:
        if reason_code is not None or reason is not None:
            raise BadRequestError("A reason goes with the answer unable alone.")
        return Answer(PermissionAnswer(str(answer)))
    words = tuple(each.value for each in UnableReason)
    if reason_code not in words:
        raise BadRequestError(f"reason_code is one of: {', '.join(words)}.", "required")
    return Answer(PermissionAnswer.UNABLE, UnableReason(str(reason_code)), read_reason(reason))


def read_reason(reason: object) -> str:
    """Read somebody's own words, without the NHS numbers and tokens in them; spaces at the ends and in a row count as one
    or none.

    Raises BadRequestError when they are too few or too many.
    """
    text = " ".join(reason.split()) if isinstance(reason, str) else ""
    if len(text) < REASON_CHARACTERS_AT_LEAST:
        raise BadRequestError(
            f"reason must say in at least {REASON_CHARACTERS_AT_LEAST} characters what the need is.",
            "required",
        )
    if len(text) > REASON_CHARACTERS_AT_MOST:
        raise BadRequestError(
            f"reason is longer than {REASON_CHARACTERS_AT_MOST} characters.", "too-long"
        )
    return escaped(without_identifiers(text))
