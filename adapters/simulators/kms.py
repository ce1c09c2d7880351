"""Stand in for a key service that speaks the JSON of AWS Key Management Service.

Knows four actions, and a bearer token where AWS asks for signed requests. Roots are ended after the waiting time only when
the clock says so; until then they open nothing either.
"""

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_MEDIA_TYPE = "application/x-amz-json-1.1"
_NONCE_BYTES = 12
_DAYS = range(7, 31)


class _RefusedError(Exception):
    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(slots=True)
class KeyServiceWorld:
    """Roots by id, and when each that is to end does."""

    token: str = field(repr=False)
    now: Callable[[], datetime]
    roots: dict[str, bytes] = field(default_factory=dict, repr=False)
    ending: dict[str, datetime] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)

    def add_root(self, key_id: str) -> None:
        """Make a root."""
        self.roots[key_id] = os.urandom(32)

    def encrypt(self, asked: dict[str, Any]) -> dict[str, object]:
        """Wrap."""
        nonce = os.urandom(_NONCE_BYTES)
        plain = base64.b64decode(asked["Plaintext"], validate=True)
        sealed = nonce + AESGCM(self._root(asked)).encrypt(nonce, plain, _context(asked))
        return {"KeyId": asked["KeyId"], "CiphertextBlob": base64.b64encode(sealed).decode()}

    def decrypt(self, asked: dict[str, Any]) -> dict[str, object]:
        """Open."""
        sealed = base64.b64decode(asked["CiphertextBlob"], validate=True)
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            plain = AESGCM(self._root(asked)).decrypt(nonce, rest, _context(asked))
        except (InvalidTag, ValueError) as fault:
            raise _RefusedError("InvalidCiphertextException") from fault
        return {"KeyId": asked["KeyId"], "Plaintext": base64.b64encode(plain).decode()}

    def schedule_key_deletion(self, asked: dict[str, Any]) -> dict[str, object]:
        """Let a root end later."""
        self._root(asked)
        days = asked.get("PendingWindowInDays", _DAYS[-1])
        if days not in _DAYS:
            raise _RefusedError("ValidationException")
        ends_at = self.ending[asked["KeyId"]] = self.now() + timedelta(days=days)
        state = {"KeyState": "PendingDeletion", "PendingWindowInDays": days}
        return {"KeyId": asked["KeyId"], "DeletionDate": ends_at.timestamp(), **state}

    def describe_key(self, asked: dict[str, Any]) -> dict[str, object]:
        """Say in what state a root is."""
        if asked["KeyId"] not in self.roots:
            raise _RefusedError("NotFoundException")
        ends_at = self.ending.get(asked["KeyId"])
        state: dict[str, object] = {"KeyId": asked["KeyId"], "KeyState": "Enabled"}
        if ends_at is not None:
            state |= {"KeyState": "PendingDeletion", "DeletionDate": ends_at.timestamp()}
        elif asked["KeyId"] in self.disabled:
            state["KeyState"] = "Disabled"
        return {"KeyMetadata": state}

    def _root(self, asked: dict[str, Any]) -> bytes:
        key_id = asked.get("KeyId")
        ends_at = self.ending.get(str(key_id))
        if key_id not in self.roots or (ends_at is not None and ends_at <= self.now()):
            self.roots.pop(str(key_id), None)
            raise _RefusedError("NotFoundException")
        if ends_at is not None or key_id in self.disabled:
            raise _RefusedError("KMSInvalidStateException")
        return self.roots[str(key_id)]


def create_app(world: KeyServiceWorld) -> Starlette:
    """Make the application."""
    actions = {
        "TrentService.Encrypt": world.encrypt,
        "TrentService.Decrypt": world.decrypt,
        "TrentService.ScheduleKeyDeletion": world.schedule_key_deletion,
        "TrentService.DescribeKey": world.describe_key,
    }

    async def answer(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {world.token}":
            return _written(400, {"__type": "AccessDeniedException"})
        act = actions.get(request.headers.get("x-amz-target", ""))
        if act is None or request.headers.get("content-type") != _MEDIA_TYPE:
            return _written(400, {"__type": "UnknownOperationException"})
        try:
            return _written(200, act(orjson.loads(await request.body())))
        except _RefusedError as refused:
            return _written(400, {"__type": refused.kind})
        except (KeyError, TypeError, ValueError):
            return _written(400, {"__type": "ValidationException"})

    return Starlette(routes=[Route("/", answer, methods=["POST"])])


def _context(asked: dict[str, Any]) -> bytes:
    return orjson.dumps(asked.get("EncryptionContext", {}), option=orjson.OPT_SORT_KEYS)


def _written(status: int, document: dict[str, object]) -> Response:
    return Response(orjson.dumps(document), status, media_type=_MEDIA_TYPE)
