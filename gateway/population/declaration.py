"""Say what a release is for, and whether that was said whole: no declaration, no release.

Pure data. Source: the Five Safes (T. Desai, F. Ritchie, R. Welpton, Five Safes: designing data access for research, 2016).
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a planner and those who approve have agreed: in words, and until when (inclusive)."""

    release: str
    dataset: str
    purpose: str
    legal_basis: str
    recipient: str
    agreement: str
    ends_on: date
    setting: str
    """Where the recipient keeps and uses the release."""


def faults_of_declaration(declaration: Declaration, today: date) -> Iterator[str]:
    """Say what is missing, or that the agreement has ended."""
    for each in fields(declaration):
        value = getattr(declaration, each.name)
        if isinstance(value, str) and not value.strip():
            yield f"the declaration does not say its {each.name.replace('_', ' ')}"
    if today > declaration.ends_on:
        yield f"the agreement ended on {declaration.ends_on.isoformat()}"
