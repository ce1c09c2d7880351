"""Say of a whole view what its banner must: how many allergies and alerts stand, and how many sources answered.

Renders nothing, and counts only what is shown. A count never stands without the state of its section, for
none found is not none there (docs/decisions/0007, section 1).
"""

from dataclasses import dataclass

from adapters.contract import Outcome
from gateway.patient.conflicts import denies_allergy
from gateway.patient.reading_order import Force, force_of, with_copies
from gateway.patient.receipt import Receipt
from gateway.patient.sections import Section, SectionState, says_none, was_answered


@dataclass(frozen=True, slots=True)
class Headline:
    """How many things of a section stand, copies counted once, and what may be concluded from that.

    `denies_some` says that a source states that there is none of one kind, such as food.
    """

    count: int
    state: SectionState
    is_for_role: bool
    denies_some: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """How many of the sources that this view asks gave anything to go by."""

    answered: int
    asked: int


def headline_of(section: Section) -> Headline:
    """Count what stands in a section."""
    current = [
        item for item in section.items if force_of(item) is Force.CURRENT and not says_none(item)
    ]
    standing = [item for item in current if not denies_allergy(item)]
    return Headline(
        len(with_copies(standing)),
        section.state,
        section.is_for_role,
        denies_some=len(standing) < len(current),
    )


def answered_of(receipt: Receipt) -> Answered:
    """Count the sources that answered, in whole or in part, among those that this role's view is made of."""
    asked = [line for line in receipt.lines if line.outcome is not Outcome.NOT_ASKED]
    return Answered(sum(map(was_answered, asked)), len(asked))
