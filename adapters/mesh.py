"""Send a message from one MESH mailbox, and see to what lies in it.

Knows nothing of what messages say. MESH API as its public clients speak it: token of HMAC-SHA-256 for each request, outbox,
inbox, acknowledgement. Messages in several chunks are neither sent nor taken.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from adapters.contract import Outcome, Reason
from adapters.mesh_wire import MeshWire, Received
from adapters.paging import UnsafeSegmentError, safe_segment
from adapters.transport import Call, Unfetched

_V2 = "application/vnd.mesh.v2+json"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox of ours; `shared_key` is the environment's, given at onboarding."""

    called: str
    password: str = field(repr=False)
    shared_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to send; `local_id` is ours to know the answer by."""

    to: str
    workflow: str
    local_id: str
    file: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A message that came."""

    sender: str
    workflow: str
    local_id: str
    content: bytes = field(repr=False)


class _Sent(msgspec.Struct):
    message: str = msgspec.field(name="message_id")


class _Inbox(msgspec.Struct):
    messages: list[str]


_SENT, _INBOX = msgspec.json.Decoder(_Sent), msgspec.json.Decoder(_Inbox)


@dataclass(frozen=True, slots=True)
class MeshMailbox:
    """A mailbox at work."""

    wire: MeshWire
    mailbox: Mailbox
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def send(self, letter: Letter) -> str | Unfetched:
        """Send a message and give its id."""
        headers = {
            "Content-Type": "application/octet-stream",
            "Mex-To": letter.to,
            "Mex-WorkflowID": letter.workflow,
            "Mex-LocalID": letter.local_id,
            "Mex-FileName": letter.file,
        }
        answer = await self._ask("POST", "outbox", headers, letter.content)
        if isinstance(answer, Unfetched):
            return answer
        try:
            return _SENT.decode(answer.body).message
        except msgspec.DecodeError:
            return Unfetched(Outcome.MALFORMED, Reason.UNREADABLE, answer.status)

    async def waiting(self) -> list[str] | Unfetched:
        """Give the ids of messages that were not acknowledged."""
        answer = await self._ask("GET", "inbox")
        if isinstance(answer, Unfetched):
            return answer
        try:
            return [safe_segment(each) for each in _INBOX.decode(answer.body).messages]
        except (msgspec.DecodeError, UnsafeSegmentError):
            return Unfetched(Outcome.MALFORMED, Reason.UNREADABLE, answer.status)

    async def bring(self, message: str) -> Message | Unfetched:
        """Fetch a message; it stays in the inbox."""
        answer = await self._ask("GET", f"inbox/{message}")
        if isinstance(answer, Unfetched):
            return answer
        told = answer.headers
        sender, workflow = told.get("mex-from", ""), told.get("mex-workflowid", "")
        return Message(sender, workflow, told.get("mex-localid", ""), answer.body)

    async def acknowledge(self, message: str) -> Unfetched | None:
        """Have a message removed; None when it was."""
        answer = await self._ask("PUT", f"inbox/{message}/status/acknowledged")
        return answer if isinstance(answer, Unfetched) else None

    async def _ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Received | Unfetched:
        url = self.wire.endpoint.url_of(f"messageexchange/{self.mailbox.called}/{path}")
        shown = {"Accept": _V2, "Authorization": self._token(), **(headers or {})}
        return await self.wire.exchange(Call(url, method, shown, body))

    def _token(self) -> str:
        """Make a token for one request: the password is in the hash alone."""
        at = self.now().strftime("%Y%m%d%H%M")
        nonce = str(self.new_id())
        hashed = ":".join((self.mailbox.called, nonce, "0", self.mailbox.password, at))
        digest = hmac.new(self.mailbox.shared_key, hashed.encode(), "sha256").hexdigest()
        return "NHSMESH " + ":".join((self.mailbox.called, nonce, "0", at, digest))
