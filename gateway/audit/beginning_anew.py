"""Let a log that lost entries go on under another name, with the loss on record in it.

Signs nothing: the keeper does, once the entry is there, and never before. What was lost is what the check finds that
everybody can make: nobody states it. docs/decisions/0027.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.audit.entries import last_sequence
from gateway.audit.following import Fault, Verdict
from gateway.audit.log_acts import LogBegunAnew
from gateway.audit.losses import Loss, losses_kept, under_name
from gateway.audit.notes import Checkpoint, NoteError, VerifierKey, open_checkpoint
from gateway.audit.places import LATEST, Place, key_of
from gateway.audit.verify import verify_log, verify_log_after
from gateway.errors import ConflictError
from gateway.store.audit_tree import latest_checkpoint
from gateway.store.sessions import Reading

BY = "scr audit begin-anew"


@dataclass(frozen=True, slots=True)
class Beginning:
    """A log that is to go on. `keys` are its own under the new name, the current first.

    `former` is the second place as it was, `place` the one that is to come, where there is one.
    """

    keys: Sequence[VerifierKey]
    former: Place
    place: Place | None = None

    @property
    def origin(self) -> str:
        """Give the new name."""
        return self.keys[0].name


@dataclass(frozen=True, slots=True)
class Lost:
    """What the last checkpoint under the former name says, and what the log lacks of it.

    Of the `kept` entries that there are, a checkpoint held elsewhere proves the first `proven`.
    """

    signed: Checkpoint
    fault: Fault
    proven: int
    kept: int


def event_of(beginning: Beginning, lost: Lost, why: str, now: datetime) -> LogBegunAnew:
    """Give the entry that says that the log goes on under its new name, and what it lost."""
    return LogBegunAnew(
        at=now,
        user_id=BY,
        origin=beginning.origin,
        former_origin=lost.signed.origin,
        former_size=lost.signed.size,
        former_root=b64encode(lost.signed.root).decode(),
        first_lost=lost.fault.first,
        proven=lost.proven,
        kept=lost.kept,
        fault=lost.fault.why,
        why=why,
    )


def lost_of(reading: Reading, beginning: Beginning) -> Lost:
    """Find what the log lacks of what was signed under its former name.

    Raises NoteError for a former second place that holds no checkpoint of these keys; ConflictError when nothing is lost,
    the name is not new, the new second place is in use, or the log would be broken under its new name too.
    """
    if beginning.place is not None and beginning.place.get(LATEST) is not None:
        raise ConflictError("The second place of the settings is in use: name an empty one.")
    note = _note(beginning.former, LATEST)
    if note is None:
        raise NoteError("The former second place holds no checkpoint.")
    name = note.partition("\n")[0]
    if name == beginning.origin:
        raise ConflictError("The log has this name already: give it another, as audit_origin.")
    former = tuple(under_name(name, beginning.keys))
    signed = open_checkpoint(note, former)
    _must_be_new(reading, name, beginning.origin)
    held = _held(reading, beginning.former)
    verdict = verify_log(reading, former, [*held, note])
    if verdict.fault is None:
        raise ConflictError("Nothing is lost: the log goes on under its name.")
    if verdict.fault.first > signed.size:
        raise ConflictError("What is wrong comes after all that was signed: see scr audit verify.")
    loss = Loss(name, verdict.fault.first, signed.size, beginning.origin)
    _must_be_cured(verify_log_after(reading, beginning.keys, [*held, note], loss))
    sizes = (open_checkpoint(each, former).size for each in held)
    # The check stops at the first fault, so what is held of fewer entries fits.
    proven = max((size for size in sizes if size < verdict.fault.first), default=0)
    return Lost(signed, verdict.fault, proven, last_sequence(reading))


def _must_be_new(reading: Reading, former: str, origin: str) -> None:
    losses = losses_kept(reading)
    if any(loss.former_origin == former for loss in losses):
        raise ConflictError("This was done already: an entry of the log says so.")
    # Whoever foresees a name could have told of a loss under it beforehand, and the first that tells counts.
    if any(origin in {loss.origin, loss.former_origin} for loss in losses):
        raise ConflictError("The log has an entry of that name: give it another, as audit_origin.")


def _must_be_cured(verdict: Verdict) -> None:
    # On record it stays, and cannot be said again: so nothing is that leaves the log broken.
    if verdict.fault is not None:
        raise ConflictError(
            f"Entry {verdict.fault.first} would stay broken ({verdict.fault.why}): restore a backup that has it."
        )


def _held(reading: Reading, former: Place) -> tuple[str, ...]:
    # What was held outside of a state that the log still has shows how far it is whole.
    latest = latest_checkpoint(reading)
    held = None if latest is None else _note(former, key_of(latest.size))
    return () if held is None else (held,)


def _note(place: Place, key: str) -> str | None:
    held = place.get(key)
    return None if held is None else held.decode(errors="replace")
