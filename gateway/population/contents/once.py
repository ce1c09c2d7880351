"""Let a release that is made again pass the ledger as it passed the first time, and write it down once.

Decides nothing about cells. A job may end after the ledger was written and before anything was published; made again of
the same, it must come to the same cells, and otherwise there is no release.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from gateway.population.ledger import PublishedCell, ReleaseLedger


class AnotherReleaseError(Exception):
    """Say that a release of this name was made before, of other rows."""


@dataclass(slots=True)
class OnceInLedger:
    """What one release sees of the ledger, and what it is about to say; nothing is written before `settle`."""

    ledger: ReleaseLedger
    release: str
    _said: list[PublishedCell] = field(default_factory=list)

    def published(self) -> Iterable[PublishedCell]:
        """Give what was published before this release, then what it has said so far."""
        before = takewhile(lambda each: each.release != self.release, self.ledger.published())
        return (*before, *self._said)

    def remember(self, cells: Iterable[PublishedCell]) -> None:
        """Take note of cells."""
        self._said.extend(cells)

    def settle(self) -> None:
        """Write all cells down together, or find them written. Raises AnotherReleaseError."""
        written = [each for each in self.ledger.published() if each.release == self.release]
        if not written:
            self.ledger.remember(self._said)
        elif written != self._said:
            raise AnotherReleaseError
