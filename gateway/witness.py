"""Have a witness countersign the audit's checkpoints: somebody else, who signs only what grew out of what they saw.

Keeps nothing: a witness says itself what it last saw. Protocol: C2SP tlog-witness (https://c2sp.org/tlog-witness).
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import Sequence
from http import HTTPStatus

import structlog

from adapters.limits import Allowance, ByteBudget
from adapters.transport import Call, Fetched, Transport, Unfetched
from gateway.audit.keeper import Grown
from gateway.audit.notes import NoteError, VerifierKey, is_witnessed, read_verifier_key
from gateway.errors import LogAlteredError
from gateway.witness_settings import ANSWER_SECONDS, WitnessSettings

_ANSWER_BYTES = 16_384
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")

_log = structlog.get_logger("scr.audit")


class Witness:
    """The witness that the settings name, over one connection."""

    def __init__(self, settings: WitnessSettings) -> None:
        """Raise NoteError, a ValueError, where the key is not one."""
        self._url = f"{settings.url}/add-checkpoint"
        self._key = read_verifier_key(settings.key)
        self._transport = Transport(settings.config)
        self._seen = 0

    async def __call__(self, note: str, size: int, grown: Grown) -> str:
        """Give the witness's signature lines; none when it does not answer, for care does not wait for it.

        Raises: LogAlteredError when the witness saw a log that this one did not grow out of.
        """
        answer = await self._ask(note, grown)
        if (told := _size_told(answer)) is not None:
            self._seen = told
            answer = await self._ask(note, grown)
        return "" if answer is None else self._lines(note, size, answer)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._transport.aclose()

    async def _ask(self, note: str, grown: Grown) -> Fetched | Unfetched | None:
        proof = await grown(self._seen)
        if proof is None:
            # Another worker has had more witnessed since: its checkpoint stands for this one's.
            return None
        ends_at = asyncio.get_running_loop().time() + ANSWER_SECONDS
        body = request_body(self._seen, proof, note)
        call = Call(self._url, "POST", {"Content-Type": "text/plain"}, body)
        return await self._transport.fetch(call, Allowance(ends_at, ByteBudget(_ANSWER_BYTES)))

    def _lines(self, note: str, size: int, answer: Fetched | Unfetched) -> str:
        if not isinstance(answer, Fetched):
            return _not_witnessed(answer.reason.value)
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise LogAlteredError("The log did not grow out of what the witness saw.")
        if self._seen == size == _size_told(answer):
            raise LogAlteredError(f"The witness saw {size} entries, and others than these.")
        if answer.status != HTTPStatus.OK:
            return _not_witnessed("refused")
        lines = answer.body.decode(errors="replace")
        if not _is_signed(note + lines, self._key):
            return _not_witnessed("not-its-signature")
        self._seen = size
        return lines


def request_body(seen: int, proof: Sequence[bytes], note: str) -> bytes:
    """Write what a witness is asked: from which size, the proof that the log grew from it, and the checkpoint."""
    hashes = "".join(f"{b64encode(each).decode()}\n" for each in proof)
    return f"old {seen}\n{hashes}\n{note}".encode()


def _is_signed(note: str, key: VerifierKey) -> bool:
    try:
        return is_witnessed(note, key)
    except NoteError:
        return False


def _size_told(answer: Fetched | Unfetched | None) -> int | None:
    """Give what the witness saw last, where it says that it was asked from elsewhere."""
    if not isinstance(answer, Fetched) or answer.status != HTTPStatus.CONFLICT:
        return None
    found = _SIZE.fullmatch(answer.body)
    return None if found is None else int(found.group(1))


def _not_witnessed(reason: str) -> str:
    _log.warning("checkpoint-not-witnessed", reason=reason)
    return ""
