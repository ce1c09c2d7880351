"""Read what somebody sends who wants to know whose one coded record is: one person of one project, and why.

Judges nothing. A list of people is not one person, and neither is a name in another spelling.
"""

from dataclasses import dataclass, field

from gateway.errors import BadRequestError
from gateway.patient.pleas import read_reason
from gateway.population.keys.names import KeyName, KeyNameError, Purpose
from gateway.population.pseudonyms import NotASubjectError, read_subject
from gateway.store.words import ReidentificationReason

_LAST_EPOCH = 2**31 - 1
"""What the database's column takes; no key is ever turned so often."""


@dataclass(frozen=True, slots=True)
class CodedPerson:
    """One person as a release of one project, recipient and epoch calls them."""

    project: str
    recipient: str
    epoch: int
    person: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReidentificationPlea:
    """Why somebody must know. `reason` is escaped, as it is kept."""

    reason_code: ReidentificationReason
    reason: str = field(repr=False)


def read_coded_person(
    project: object, recipient: object, epoch: object, person: object
) -> CodedPerson:
    """Read one coded person; the message never repeats what was sent.

    Raises BadRequestError.
    """
    if not isinstance(project, str) or not isinstance(recipient, str):
        raise BadRequestError("project and recipient are one word each.", "required")
    if type(epoch) is not int or not 1 <= epoch <= _LAST_EPOCH:
        raise BadRequestError("epoch is a whole number from 1, as the release has it.", "value")
    if not isinstance(person, str):
        raise BadRequestError("person is one person's pseudonym, never a list.", "value")
    try:
        KeyName(Purpose.PROJECT, project, recipient)
        read_subject(person)
    except (KeyNameError, NotASubjectError):
        expected = "Expected a project, its recipient, and a pseudonym of 26 letters and digits."
        raise BadRequestError(expected, "value") from None
    return CodedPerson(project, recipient, epoch, person)


def read_reidentification_plea(reason_code: object, reason: object) -> ReidentificationPlea:
    """Read both parts of a reason.

    Raises BadRequestError when the word is none of the closed list, or the text too short or too long.
    """
    words = tuple(each.value for each in ReidentificationReason)
    if reason_code not in words:
        raise BadRequestError(f"reason_code is one of: {', '.join(words)}.", "required")
    return ReidentificationPlea(ReidentificationReason(str(reason_code)), read_reason(reason))
