"""Read what a person answered when asked whether their record may be viewed, or what is wrong with the form; say it in words.

Judges no answer.
"""

from collections.abc import Mapping

from gateway.patient.pleas import Answer, read_answer
from gateway.store.words import PermissionAnswer, UnableReason
from gateway.web.find_form import FieldError
from gateway.web.reason_form import CODE_FIELD, REASON_FIELD, reason_errors

ANSWER_FIELD = "answer"

ANSWER_WORDS: Mapping[PermissionAnswer, str] = {
    PermissionAnswer.YES: "Yes, they agree",
    PermissionAnswer.NO: "No, they do not agree",
    PermissionAnswer.UNABLE: "They could not be asked",
}

UNABLE_WORDS: Mapping[UnableReason, str] = {
    UnableReason.TOO_UNWELL: "They are too unwell to answer",
    UnableReason.LACKS_CAPACITY: "They lack the capacity to decide this",
    UnableReason.NOT_PRESENT: "They are not here, and their care cannot wait for an answer",
    UnableReason.OTHER_REASON: "Another reason",
}


def read_permission_form(fields: Mapping[str, str]) -> Answer | tuple[FieldError, ...]:
    """Read the answer, and the reason that goes with `unable`; or name what is wrong with each field."""
    answer = fields.get(ANSWER_FIELD)
    if answer not in set(PermissionAnswer):
        return (FieldError(ANSWER_FIELD, "Choose what the person answered"),)
    if answer == PermissionAnswer.UNABLE:
        errors = reason_errors(fields, UnableReason, "Choose why they could not be asked")
        return errors or read_answer(answer, fields[CODE_FIELD], fields[REASON_FIELD])
    if fields.get(CODE_FIELD) or fields.get(REASON_FIELD, "").strip():
        # Whoever gives a reason may have meant another answer: none is guessed.
        return (FieldError(ANSWER_FIELD, "Give a reason only if the person could not be asked"),)
    return read_answer(answer, None, None)
