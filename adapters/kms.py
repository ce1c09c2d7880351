"""Ask a key service to wrap a key, to open one, to end a root.

Speaks the JSON of AWS Key Management Service (TrentService Encrypt, Decrypt, ScheduleKeyDeletion, DescribeKey) with a bearer token; it
does not sign requests as AWS itself asks (Signature Version 4), so AWS is reached through a proxy that signs. Logs nothing.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeVar

import msgspec

from adapters.source_client import SourceClient
from adapters.transport import Call, Fetched, Unfetched

MEDIA_TYPE = "application/x-amz-json-1.1"
_CONTEXT = "scr-key"
# Refusals that mean: this is not a key that this root wrapped under this context.
_NOT_OPENED = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
_PENDING = "KMSInvalidStateException"
_TO_END = "PendingDeletion"
Answer = TypeVar("Answer")


class KeyServiceFault(Exception):  # noqa: N818 - an outcome to be told, of which one is no error of ours
    """Say why a key service did not do what was asked; holds neither key nor token."""


class NotOpenedError(KeyServiceFault):
    """Say that the service does not open a wrapped key."""


class UnusableRootError(KeyServiceFault):
    """Say that a root is disabled, or about to end."""


class _Encrypted(msgspec.Struct):
    sealed: bytes = msgspec.field(name="CiphertextBlob")


class _Decrypted(msgspec.Struct):
    plain: bytes = msgspec.field(name="Plaintext")


class _Scheduled(msgspec.Struct):
    ends_at: float = msgspec.field(name="DeletionDate")


class _Metadata(msgspec.Struct):
    state: str = msgspec.field(name="KeyState")
    ends_at: float | None = msgspec.field(name="DeletionDate", default=None)


class _Described(msgspec.Struct):
    metadata: _Metadata = msgspec.field(name="KeyMetadata")


class _Refused(msgspec.Struct):
    kind: str = msgspec.field(name="__type", default="")


@dataclass(frozen=True, slots=True)
class KeyService:
    """One key service."""

    client: SourceClient

    async def encrypt(self, root: str, plain: bytes, context: str) -> bytes:
        """Wrap bytes under a root, bound to a context.

        Raises KeyServiceFault.
        """
        asked = {"KeyId": root, "Plaintext": _base64(plain), **_bound_to(context)}
        return (await self._ask("Encrypt", asked, _Encrypted)).sealed

    async def decrypt(self, root: str, sealed: bytes, context: str) -> bytes:
        """Open what this root wrapped under this context.

        Raises NotOpenedError, KeyServiceFault.
        """
        asked = {"KeyId": root, "CiphertextBlob": _base64(sealed), **_bound_to(context)}
        return (await self._ask("Decrypt", asked, _Decrypted)).plain

    async def schedule_deletion(self, root: str, days: int) -> datetime:
        """Have a root end after so many days, and say when; of one that is to end already, when that is.

        Raises KeyServiceFault.
        """
        asked = {"KeyId": root, "PendingWindowInDays": days}
        try:
            ends_at = (await self._ask("ScheduleKeyDeletion", asked, _Scheduled)).ends_at
        except UnusableRootError:
            found = (await self._ask("DescribeKey", {"KeyId": root}, _Described)).metadata
            if found.state != _TO_END or found.ends_at is None:
                raise
            ends_at = found.ends_at
        return datetime.fromtimestamp(ends_at, UTC)

    async def _ask(self, action: str, asked: dict[str, object], kind: type[Answer]) -> Answer:
        headers = {"Content-Type": MEDIA_TYPE, "X-Amz-Target": f"TrentService.{action}"}
        url = self.client.endpoint.url_of("")
        async with self.client.asking() as asking:
            answer = await asking.call(Call(url, "POST", headers, msgspec.json.encode(asked)))
        if isinstance(answer, Unfetched):
            raise KeyServiceFault(f"The key service did not answer: {answer.reason}.")
        if answer.status != HTTPStatus.OK:
            raise _refusal(answer)
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except msgspec.DecodeError:
            # The library's message can quote the answer.
            raise KeyServiceFault("The key service's answer cannot be read.") from None


def _refusal(answer: Fetched) -> KeyServiceFault:
    try:
        kind = msgspec.json.decode(answer.body, type=_Refused).kind.rpartition("#")[2]
    except msgspec.DecodeError:
        kind = ""
    if kind in _NOT_OPENED:
        return NotOpenedError("The key service does not open this.")
    if kind == _PENDING:
        return UnusableRootError("The root is disabled or about to end at the key service.")
    return KeyServiceFault(f"The key service refused with status {answer.status}.")


def _bound_to(context: str) -> dict[str, object]:
    return {"EncryptionContext": {_CONTEXT: context}}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
