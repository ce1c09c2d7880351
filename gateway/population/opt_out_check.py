"""Ask the National Data Opt-out service which of some NHS numbers may be used, and forget the numbers at once.

A message each way through MESH: one number and a comma a line; what comes back may be used. Logs nothing. Workflow, file
name and the service's mailbox are settings: which are live is told at onboarding.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from adapters.mesh import Letter, MeshMailbox, Message
from adapters.transport import Unfetched
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from gateway.population.opt_outs import CheckList

_LINE_DIGITS = 10
_END_OF_LINE = ","
MOST_NUMBERS = 5_000_000
"""Sixty megabytes: MESH wants what is larger than about a hundred sent in chunks, which this does not do."""


class Unanswered(StrEnum):
    """Why a check gave no list."""

    NOBODY = "nobody-to-ask-about"
    TOO_MANY = "too-many-numbers"
    NOT_SENT = "not-sent"
    INBOX = "inbox-not-read"
    NO_ANSWER = "no-answer-in-time"
    UNREADABLE = "answer-not-readable"
    FOREIGN = "answer-has-numbers-that-were-not-asked"


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """Where the check is, how long it is waited for, and how long its list may be used."""

    mailbox: str
    workflow: str
    file: str = "check.dat"
    life: timedelta = timedelta(days=7)
    pause_seconds: float = 60.0
    # Answers are said to come in under about an hour.
    listings: int = 120


@dataclass(frozen=True, slots=True)
class NationalCheck:
    """The check, and what it depends on; `new_run` names a run."""

    mailbox: MeshMailbox
    settings: CheckSettings
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    new_run: Callable[[], str]

    async def list_of(
        self, subjects: Mapping[NhsNumber, Collection[str]]
    ) -> CheckList | Unanswered:
        """Ask about people, and give who may be used as the store calls them; `subjects` has what it calls each."""
        asked = frozenset(subjects)
        if not asked:
            return Unanswered.NOBODY
        if len(asked) > MOST_NUMBERS:
            return Unanswered.TOO_MANY
        # From before it is asked: whoever opts out meanwhile must not gain a minute of the list's life.
        run, made_at = self.new_run(), self.now()
        if isinstance(await self.mailbox.send(self._letter(asked, run)), Unfetched):
            return Unanswered.NOT_SENT
        answer = await self._answer_to(run)
        usable = answer if isinstance(answer, Unanswered) else usable_of(answer.content, asked)
        if isinstance(usable, Unanswered):
            return usable
        named = frozenset(subject for each in usable for subject in subjects[each])
        return CheckList(run, made_at, made_at + self.settings.life, named)

    def _letter(self, asked: frozenset[NhsNumber], run: str) -> Letter:
        content = "".join(f"{each.digits}{_END_OF_LINE}\n" for each in sorted(asked)).encode()
        where = self.settings
        return Letter(where.mailbox, where.workflow, run, where.file, content)

    async def _answer_to(self, run: str) -> Message | Unanswered:
        seen: set[str] = set()
        for _ in range(self.settings.listings):
            waiting = await self.mailbox.waiting()
            if isinstance(waiting, Unfetched):
                return Unanswered.INBOX
            found = await self._among([each for each in waiting if each not in seen], run)
            if found is not None:
                return found
            seen.update(waiting)
            await self.sleep(self.settings.pause_seconds)
        return Unanswered.NO_ANSWER

    async def _among(self, waiting: list[str], run: str) -> Message | Unanswered | None:
        """Find the answer among messages, and take it out of the mailbox; others are left."""
        for each in waiting:
            message = await self.mailbox.bring(each)
            if isinstance(message, Unfetched):
                return Unanswered.INBOX
            if self._is_answer(message, run):
                # If it is not taken away, the list is none the worse: the next run has another name.
                await self.mailbox.acknowledge(each)
                return message
        return None

    def _is_answer(self, message: Message, run: str) -> bool:
        told = (message.sender, message.workflow, message.local_id)
        return told == (self.settings.mailbox, self.settings.workflow, run)


def usable_of(content: bytes, asked: frozenset[NhsNumber]) -> frozenset[NhsNumber] | Unanswered:
    """Read an answer; one with a line that is no number, or a number that was not asked, is none."""
    try:
        lines = content.decode("ascii").split("\n")
        if lines.pop() or any(line[_LINE_DIGITS:] != _END_OF_LINE for line in lines):
            return Unanswered.UNREADABLE
        usable = frozenset(NhsNumber(line[:_LINE_DIGITS]) for line in lines)
    except (UnicodeDecodeError, InvalidNhsNumberError):
        return Unanswered.UNREADABLE
    return usable if usable <= asked else Unanswered.FOREIGN
