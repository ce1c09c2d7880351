"""Describe letters about an encounter.

Writes no content: `truth.invented_letter` does, once the letter has its key.
"""

from adapters.simulators.care.clinical_codes import LETTERS
from adapters.simulators.care.telling import Happening
from adapters.simulators.truth import Fact, FactKind


def letter_about(kind: str, encounter: Fact) -> Happening:
    """Describe the letter of one kind that was written when an encounter ended."""
    return Happening(
        FactKind.DOCUMENT,
        LETTERS[kind],
        encounter.ends_at or encounter.starts_at,
        labels=encounter.labels,
        journey=encounter.journey,
        encounter=encounter.key,
        detail={"title": LETTERS[kind].display, "kind": kind},
    )
