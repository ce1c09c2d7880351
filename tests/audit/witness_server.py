"""A witness of the tests: it signs a checkpoint only if the log grew out of what it saw (C2SP tlog-witness).

Written from the protocol. What it saw outlives a test's log, as a real witness outlives a database.
"""

import time
from base64 import b64decode
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.audit.merkle import EMPTY_ROOT, verify_consistency
from gateway.audit.notes import (
    Checkpoint,
    KeyType,
    VerifierKey,
    cosigned_text,
    open_checkpoint,
    signature_line,
)
from tests.audit.signed_log import KEYS

KEY = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
WITNESS = VerifierKey("witness.test/one", KeyType.WITNESS, KEY.public_key().public_bytes_raw())


@dataclass
class SeeingWitness:
    """What it saw last, and how often it signed."""

    seen: Checkpoint = field(default_factory=lambda: Checkpoint("", 0, EMPTY_ROOT))
    signed: int = 0
    is_forging: bool = False

    async def behave(self, asked, writer) -> None:
        status, kind, body = self._answer(asked.body.decode())
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)

    def _answer(self, text: str) -> tuple[int, str, bytes]:
        head, _, note = text.partition("\n\n")
        first, *hashes = head.split("\n")
        checkpoint = open_checkpoint(note, KEYS)
        if int(first.removeprefix("old ")) != self.seen.size:
            return 409, "text/x.tlog.size", f"{self.seen.size}\n".encode()
        if self.seen.size == checkpoint.size and self.seen.root != checkpoint.root:
            return 409, "text/x.tlog.size", f"{self.seen.size}\n".encode()
        if self.seen.size and not verify_consistency(
            self.seen.size,
            checkpoint.size,
            [b64decode(each) for each in hashes],
            self.seen.root,
            checkpoint.root,
        ):
            return 422, "text/plain", b""
        self.seen, self.signed = checkpoint, self.signed + 1
        return 200, "text/plain", self._signature(checkpoint).encode()

    def _signature(self, checkpoint: Checkpoint) -> str:
        now = int(time.time())
        text = cosigned_text("forged\n" if self.is_forging else checkpoint.text(), now)
        return signature_line(WITNESS, now.to_bytes(8) + KEY.sign(text.encode()))
