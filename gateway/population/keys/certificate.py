"""Certify that a key was destroyed, and say what nobody can do any more.

Pure. Says no more than was done: where a root is kept, copies of the keyring from before still open.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from gateway.population.keys.keyring import KeyEntry
from gateway.population.keys.names import Purpose
from gateway.population.keys.provider import RootEnd


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was destroyed, when, what it unlinks, and what is left to do. Times in UTC."""

    purpose: Purpose
    project: str
    recipient: str
    epoch: int
    created_at: datetime
    destroyed_at: datetime
    wrapped_key_sha256: str
    root: str
    root_end: RootEnd
    root_ends_at: datetime | None
    unlinks: str
    left: str


def certificate_of(entry: KeyEntry) -> Certificate:
    """Certify a destruction.

    Raises ValueError when the key was not destroyed, or it is not known how its root ended.
    """
    if entry.destroyed_at is None or entry.ending is None:
        raise ValueError("Only a destroyed key is certified.")
    name, ending = entry.name, entry.ending
    return Certificate(
        purpose=name.purpose,
        project=name.project,
        recipient=name.recipient,
        epoch=entry.epoch,
        created_at=entry.created_at,
        destroyed_at=entry.destroyed_at,
        wrapped_key_sha256=entry.sealed_sha256,
        root=entry.root,
        root_end=ending.end,
        root_ends_at=ending.ends_at,
        unlinks=_unlinks(name.purpose),
        left=_left(ending.end),
    )


def _unlinks(purpose: Purpose) -> str:
    match purpose:
        case Purpose.PROJECT:
            return "Releases of this project, recipient and epoch: with no other release, nor with the store."
        case Purpose.STORE:
            return (
                "NHS numbers from the store: no known number can be found in it any more. Only the vault, while its "
                "own key lives, still leads from the store to numbers."
            )
        case Purpose.VAULT:
            return (
                "The vault's way back from the store to NHS numbers. Whoever has the store's key can still find a "
                "known number."
            )
        case _:
            assert_never(purpose)


def _left(end: RootEnd) -> str:
    match end:
        case RootEnd.ERASED:
            return (
                "Copies of the file of roots from before; copies of the keyring alone open nothing."
            )
        case RootEnd.SCHEDULED:
            return "Until the root ends, who may cancel that can open a copy of the keyring from before."
        case RootEnd.KEPT:
            return "Copies of the keyring from before: the root serves other keys and still opens them."
        case _:
            assert_never(end)
