"""Say what one organisation shares with another: which categories, and without which labels.

Pure, and reads no agreement: `gateway/access/agreements.py` does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fhir_profiles.vocabulary import Category, Label


@dataclass(frozen=True, slots=True)
class Coverage:
    """What data items let through: these categories, without these labels.

    `mixed` are categories that the gateway may show of PDS, but not of a source that cannot take out of them
    what is not agreed.
    """

    categories: frozenset[Category] = frozenset()
    barred: frozenset[Label] = frozenset()
    mixed: frozenset[Category] = frozenset()
    has_images: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Write all of it down, so that no two different ones read the same."""
        sets: tuple[frozenset[str], ...] = (self.categories, self.barred, self.mixed)
        counted = (word for each in sets for word in (str(len(each)), *sorted(each)))
        return (*counted, "images" if self.has_images else "")

    def lets_through(self, categories: Iterable[Category], labels: frozenset[Label]) -> bool:
        """Say whether a source's item of these categories, under these labels, may be shown at all.

        An organisation's own item is its own, as far as the label of sexual health goes.
        """
        counted = labels - {Label.SEXUAL_HEALTH} if Label.OWN in labels else labels
        return not counted & self.barred and self.categories - self.mixed >= set(categories)


NOTHING = Coverage()
"""What is let through without an agreement."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """What each organisation shares with the caller; one that is not named shares nothing."""

    by_organisation: Mapping[str, Coverage] = field(default_factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        """Write all of it down, so that no two different ones read the same."""
        return tuple(
            word
            for party, coverage in sorted(self.by_organisation.items())
            for word in (party, *coverage.words)
        )

    def with_organisation(self, code: str | None) -> Coverage | None:
        """Give what one organisation shares; None when no agreement in force binds it and the caller."""
        return None if code is None else self.by_organisation.get(code)
