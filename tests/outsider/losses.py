"""Find the losses that count, and so the names that the log had (section 6)."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.outsider.plain_json import is_whole_number
from tests.outsider.signed_notes import Checkpoint


@dataclass(frozen=True)
class Loss:
    """Hold what an entry tells of a loss: entries from `first_lost` on, of the log's former name."""

    origin: str
    former_origin: str
    former_size: int
    first_lost: int

    def excuses(self, checkpoint: Checkpoint) -> bool:
        """Say whether a checkpoint from elsewhere is of the entries that were lost."""
        is_former = checkpoint.origin == self.former_origin
        return is_former and self.first_lost <= checkpoint.size <= self.former_size


def read_loss(entry: object) -> Loss | None:
    """Give the loss that an entry as JSON tells of; one that has not the form tells of none."""
    body = entry.get("body") if isinstance(entry, dict) else None
    if not isinstance(body, dict) or entry["action"] != "log-begun-anew":
        return None
    origin, former_origin = body.get("origin"), body.get("former_origin")
    former_size, first_lost = body.get("former_size"), body.get("first_lost")
    if not isinstance(origin, str) or not isinstance(former_origin, str):
        return None
    if not is_whole_number(former_size) or not is_whole_number(first_lost):
        return None
    return Loss(origin, former_origin, former_size, first_lost)


def find_losses_that_count(name: str, told: Iterable[Loss]) -> tuple[Loss, ...]:
    """Follow the log's names back from the one that is trusted, the first loss of each counting."""
    first_of: dict[str, Loss] = {}
    for loss in told:
        first_of.setdefault(loss.origin, loss)
    names, counting = [name], []
    while (found := first_of.get(names[-1])) and found.former_origin not in names:
        names.append(found.former_origin)
        counting.append(found)
    return tuple(counting)
