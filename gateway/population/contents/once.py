"""Let a release that is made again pass the ledger as it passed the first time, and write each attempt down once.

Decides nothing about cells. A job may end after the ledger was written and before anything was published. The same attempt
must come to the same cells, and otherwise there is no release; a later attempt is judged anew, as if there had been none.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import takewhile

from gateway.population.gate import Refusal
from gateway.population.given import faults_of_ledger, that_count
from gateway.population.ledger import FIRST_ATTEMPT, Attempt, PublishedCell, ReleaseLedger
from gateway.population.release_order import ReleaseOrder


class AnotherReleaseError(Exception):
    """Say that this attempt at a release, or a later one, was written down before, of other rows."""


@dataclass(slots=True)
class OnceInLedger:
    """What one attempt sees of the ledger, and what it is about to say; nothing is written before `settle`.

    `kept` are the cells that count, as they were when this attempt got the ledger to itself.
    """

    ledger: ReleaseLedger
    kept: tuple[PublishedCell, ...] = field(repr=False)
    release: str
    attempt: Attempt = FIRST_ATTEMPT
    under: str = ""
    _said: list[PublishedCell] = field(default_factory=list)

    def published(self) -> Iterable[PublishedCell]:
        """Give what was published before this attempt by others, then what it has said so far."""
        before = takewhile(lambda each: not self._is_own(each), self.kept)
        return (*(each for each in before if each.release != self.release), *self._said)

    def remember(self, cells: Iterable[PublishedCell]) -> None:
        """Take note of cells."""
        self._said.extend(replace(each, attempt=self.attempt, under=self.under) for each in cells)

    def alone(self) -> AbstractContextManager[None]:
        """Keep everybody else from the ledger meanwhile."""
        return self.ledger.alone()

    def settle(self) -> None:
        """Write all cells down together, or find them written. Raises AnotherReleaseError."""
        written = [each for each in self.kept if self._is_own(each) or self._is_later(each)]
        if not written:
            self.ledger.remember(self._said)
        elif written != self._said:
            raise AnotherReleaseError

    def _is_own(self, cell: PublishedCell) -> bool:
        return (cell.release, cell.attempt) == (self.release, self.attempt)

    def _is_later(self, cell: PublishedCell) -> bool:
        return cell.release == self.release and cell.attempt > self.attempt


def once_in_ledger(order: ReleaseOrder) -> OnceInLedger | Refusal:
    """Read the ledger for an attempt that has it to itself; refuse where nothing can be judged by it.

    Raises OSError.
    """
    under = fingerprint_of(order.ledger_key)
    try:
        kept = that_count(order.ledger.published(), order.given)
    except ValueError:
        return Refusal(("the ledger has a line that is not whole: what it held is not known",))
    if faults := tuple(faults_of_ledger(kept, order.given, under)):
        return Refusal(faults)
    return OnceInLedger(order.ledger, kept, order.declaration.release, order.attempt, under)


def fingerprint_of(ledger_key: bytes) -> str:
    """Give what a ledger's key is known by; the key cannot be had from it."""
    return blake2b(key=ledger_key, digest_size=16, person=b"fingerprint").hexdigest()
