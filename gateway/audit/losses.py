"""Tell which entries a log lost before it was begun anew under another name, as the entry of that says.

A name promises that its log only grows. So a log that lost entries goes on under a new one, and what was signed under the
name before still counts for all that came before the loss. docs/decisions/0027.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from gateway.audit.entry_form import read_count
from gateway.audit.notes import Checkpoint, KeyType, VerifierKey
from gateway.audit.words import AuditAction
from gateway.store.sessions import Reading
from gateway.store.tables import audit_entry

_TOLD = b'"action":"log-begun-anew"'


@dataclass(frozen=True, slots=True)
class Loss:
    """Of the log named `former_origin`, the entries numbered `first` to `through` are not in this one."""

    former_origin: str
    first: int
    through: int
    origin: str

    def covers(self, checkpoint: Checkpoint) -> bool:
        """Say whether a checkpoint is of entries that are lost, so that the log cannot be held against it."""
        is_former = checkpoint.origin == self.former_origin
        return is_former and self.first <= checkpoint.size <= self.through


def losses_kept(reading: Reading) -> tuple[Loss, ...]:
    """List the losses of which the log itself has an entry, in order."""
    rows = reading.connection.execute(
        select(audit_entry.c.body)
        .where(
            audit_entry.c.kind == AuditAction.LOG_BEGUN_ANEW.value,
            audit_entry.c.body.is_not(None),
        )
        .order_by(audit_entry.c.sequence)
    )
    return tuple(loss for (body,) in rows for loss in _told_by(body))


def losses_in(lines: Iterable[bytes]) -> tuple[Loss, ...]:
    """List the losses of which an exported log has an entry, in order; a line that has not the form tells nothing."""
    return tuple(loss for line in lines if _TOLD in line for loss in _told_in(line))


def led_to(name: str, losses: Sequence[Loss]) -> tuple[Loss, ...]:
    """Give those losses by which a log came to its name, the latest first.

    No other counts: whoever can add an entry could otherwise say of the name that is in use that its entries are lost.
    """
    found: list[Loss] = []
    names = {name}
    while (loss := next((each for each in losses if each.origin == name), None)) is not None:
        name = loss.former_origin
        if name in names:
            break
        names.add(name)
        found.append(loss)
    return tuple(found)


def under_name(name: str, keys: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Give the log's own keys as they signed under another name."""
    own = (key for key in keys if key.type is KeyType.LOG)
    return tuple(dict.fromkeys(VerifierKey(name, key.type, key.public) for key in own))


def with_former(keys: Sequence[VerifierKey], losses: Iterable[Loss]) -> tuple[VerifierKey, ...]:
    """Give a log's keys, also under the names that it had before each of these losses."""
    former = (key for loss in losses for key in under_name(loss.former_origin, keys))
    return tuple(dict.fromkeys((*keys, *former)))


def _told_in(line: bytes) -> Iterator[Loss]:
    with suppress(ValueError, TypeError, KeyError):
        entry = orjson.loads(line)["entry"]
        if entry["action"] == AuditAction.LOG_BEGUN_ANEW:
            yield _loss(entry["body"])


def _told_by(body: bytes) -> Iterator[Loss]:
    # An entry that was altered tells of no loss: the check finds it where it stands.
    with suppress(ValueError, TypeError, KeyError):
        yield _loss(orjson.loads(body))


def _loss(body: Mapping[str, Any]) -> Loss:
    names = body["former_origin"], body["origin"]
    if not all(isinstance(each, str) for each in names):
        raise TypeError("a log's name is text")
    numbers = read_count(body["first_lost"]), read_count(body["former_size"])
    return Loss(names[0], *numbers, names[1])
