"""Carry one request for a person's record from the decision to the second audit row.

Holds no rule of its own: `access` decides, `join` joins. Row A is committed while sources are asked; row B
is durable before the caller gets a byte (docs/decisions/0008, section 5). Doubt anywhere refuses.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from typing import Protocol
from uuid import UUID

from adapters.contract import Outcome, Reason, SourceAnswer
from gateway.access.asking import asked_row
from gateway.access.decision import AccessControl, Question
from gateway.access.guarded import CallSite, asked
from gateway.access.permit import Permit, Refusal
from gateway.audit.acts import (
    Asked,
    AskedAct,
    Disclosed,
    DisclosureOutcome,
)
from gateway.audit.canonical import Detail
from gateway.audit.log import AuditLog
from gateway.errors import (
    GroundChangedError,
    NoSourceAnsweredError,
    SharedCareRecordError,
    UnavailableError,
)
from gateway.patient.alerts import PrivacyAlerts
from gateway.patient.aside import Aside
from gateway.patient.asked_rows import record_permit, record_refusal, refused
from gateway.patient.directory import SourceDirectory
from gateway.patient.gather import Gatherer
from gateway.patient.join import Joiner, View
from gateway.patient.receipt import SourceEnd, no_source_answered
from gateway.patient.shown import ShownItem
from gateway.patient.suspicions import Suspicions
from gateway.patient.whose import MisfiledDocumentError

DECISIONS_AT_MOST = 3
"""A policy that changes more often than this within one request is not one to wait for."""


class Judge(Protocol):
    """Whoever judges, some time later, whether what sources sent is well made; it never waits and never fails."""

    def offer(self, answers: Iterable[SourceAnswer]) -> None: ...


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One request: who asks about whom, what for, and to do what.

    `answers` is None when the sources are to be asked, else what they said when the search began.
    """

    question: Question
    act: AskedAct
    request_id: str
    answers: tuple[SourceAnswer, ...] | None = field(default=None, repr=False)


@dataclass(slots=True)
class OpenView:
    """A view that is decided and joined, and of which nothing has been told yet."""

    view: View
    answers: tuple[SourceAnswer, ...]
    shown: tuple[ShownItem, ...] | None = None
    document: bytes = field(default=b"", repr=False)

    def will_show(self, items: Sequence[ShownItem]) -> None:
        """Say which items the caller is about to get: row B is about these."""
        self.shown = tuple(items)

    def will_hand_over(self, item: ShownItem, document: bytes) -> None:
        """Say which document of which item the caller is about to get."""
        self.shown, self.document = (item,), document


@dataclass(frozen=True, slots=True)
class Records:
    """The clinician's use case, over the deployment's parts. `hash_key` keys the hash of each view."""

    access: AccessControl
    gatherer: Gatherer
    joiner: Joiner
    log: AuditLog
    suspicions: Suspicions
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    hash_key: bytes = field(repr=False)
    judge: Judge
    alerts: PrivacyAlerts
    aside: Aside = field(default_factory=Aside)
    _last_words: set[asyncio.Task[int]] = field(default_factory=set)

    @asynccontextmanager
    async def open(self, inquiry: Inquiry) -> AsyncIterator[OpenView]:
        """Decide, ask and join; when the block ends well, row B of what it will show is durable.

        Raises NotFoundError, RefusedError, NoSourceAnsweredError or UnavailableError; then nothing was shown.
        """
        permit, answers = await self._permitted(inquiry)
        ends: tuple[SourceEnd, ...] = ()
        try:
            view = await self.aside.do(lambda: self.joiner.join(permit, answers))
            opened = OpenView(view, answers)
            ends = opened.view.ends
            if inquiry.answers is None:
                await self._report_wrong_patients(permit, ends)
            if no_source_answered(opened.view.ends):
                raise NoSourceAnsweredError("None of the sources answered.")
            try:
                yield opened
            except MisfiledDocumentError as found:
                ends = tuple(
                    found.end if each.source_id == found.end.source_id else each for each in ends
                )
                await self._report_wrong_patients(permit, [found.end])
                raise
            await self._disclose(opened)
        except SharedCareRecordError:
            await self._record_disclosed(self._untold(permit, DisclosureOutcome.NOTHING, ends))
            raise
        except BaseException:
            self._say_aborted(permit, ends)
            raise
        self.judge.offer(answers)

    async def aclose(self) -> None:
        """Wait until every request that was cut off has its row B, or cannot get one."""
        while self._last_words:
            await asyncio.wait(self._last_words)
        self.aside.close()

    async def _permitted(self, inquiry: Inquiry) -> tuple[Permit, tuple[SourceAnswer, ...]]:
        for _attempt in range(DECISIONS_AT_MOST):
            decision = await self.access.decide(inquiry.question)
            try:
                if isinstance(decision, Refusal):
                    row_a = _asked(inquiry, decision, self.clock())
                    await record_refusal(self.log, self.alerts, row_a, decision)
                    raise refused(decision)
                return decision, await self._ask_on_record(decision, inquiry)
            except GroundChangedError:
                continue
        raise UnavailableError("What the decision rests on keeps changing.")

    async def _ask_on_record(self, permit: Permit, inquiry: Inquiry) -> tuple[SourceAnswer, ...]:
        asking = asyncio.ensure_future(self._answers(permit, inquiry))
        try:
            row_a = _asked(inquiry, permit, self.clock())
            await record_permit(self.log, self.alerts, row_a, permit)
        except asyncio.CancelledError:
            # Row A is written all the same, and must not stay without its end.
            asking.cancel()
            self._say_aborted(permit)
            raise
        except BaseException:
            asking.cancel()
            raise
        try:
            return await asking
        except BaseException:
            asking.cancel()
            self._say_aborted(permit)
            raise

    async def _answers(self, permit: Permit, inquiry: Inquiry) -> tuple[SourceAnswer, ...]:
        if inquiry.answers is not None:
            return self.gatherer.still_allowed(permit, inquiry.answers)
        return await self.gatherer.gather(permit, self.new_id())

    async def _disclose(self, opened: OpenView) -> None:
        view, shown = opened.view, opened.shown or ()
        await self._record_disclosed(
            Disclosed(
                decision_id=view.permit.decision_id,
                at=self.clock(),
                user_id=view.permit.principal.user_id,
                patient=view.permit.patient_id,
                outcome=DisclosureOutcome.DISCLOSED if shown else DisclosureOutcome.NOTHING,
                sources=_outcomes(view.ends),
                shown=dict(Counter(_category_word(item) for item in shown)),
                withheld=view.withheld,
                view_hash=view_hash(self.hash_key, view, shown, opened.document),
            )
        )

    async def _record_disclosed(self, event: Disclosed) -> None:
        await asked(CallSite.AUDIT_DISCLOSED, lambda: self.log.append(event), int)

    def _say_aborted(self, permit: Permit, ends: Sequence[SourceEnd] = ()) -> None:
        # The caller is gone and this task is being cancelled: the row is written by a task of its own.
        ending = asyncio.ensure_future(
            self.log.append(self._untold(permit, DisclosureOutcome.ABORTED, ends))
        )
        self._last_words.add(ending)
        ending.add_done_callback(self._last_words.discard)

    async def _report_wrong_patients(self, permit: Permit, ends: Iterable[SourceEnd]) -> None:
        for end in ends:
            if end.outcome is Outcome.WRONG_PATIENT:
                self._directory.report_wrong_patient(end.source_id, permit.person.practice)
                await self.suspicions.keep(permit, end)

    def _untold(
        self, permit: Permit, outcome: DisclosureOutcome, ends: Sequence[SourceEnd]
    ) -> Disclosed:
        """Make row B of a request that showed nothing."""
        return Disclosed(
            decision_id=permit.decision_id,
            at=self.clock(),
            user_id=permit.principal.user_id,
            patient=permit.patient_id,
            outcome=outcome,
            sources=_outcomes(ends),
            shown={},
            withheld={},
        )

    @property
    def _directory(self) -> SourceDirectory:
        return self.gatherer.directory


def view_hash(key: bytes, view: View, shown: Sequence[ShownItem], document: bytes = b"") -> str:
    """Give the keyed hash that fixes what was shown: from which bytes, which items, at which levels.

    `document` is the content of an opened document, which stands in none of those bytes.
    """
    digest = blake2b(view.basis, key=key[:64], digest_size=32)
    for item in shown:
        digest.update(f"{item.id}:{item.level.value};".encode())
    digest.update(document)
    return digest.hexdigest()


def _asked(inquiry: Inquiry, decision: Permit | Refusal, now: datetime) -> Asked:
    question = inquiry.question
    row = asked_row(
        inquiry.act,
        decision,
        question.principal,
        request_id=inquiry.request_id,
        purpose=question.purpose,
        patient=question.patient_id,
        at=now,
    )
    if isinstance(decision, Refusal):
        return replace(row, details={**row.details, **_marked(decision)})
    return replace(
        row,
        relationship=decision.relationship,
        levels=decision.levels.digest,
        agreements=decision.agreements,
        details={**row.details, **_marked(decision), **_granted(decision)},
    )


def _granted(permit: Permit) -> dict[str, Detail]:
    return {} if permit.grant is None else {"grant": str(permit.grant)}


def _marked(decision: Permit | Refusal) -> dict[str, Detail]:
    return {"marks": " ".join(sorted(decision.marks))} if decision.marks else {}


def _outcomes(ends: Sequence[SourceEnd]) -> Mapping[str, tuple[Outcome, Reason]]:
    return {end.source_id: (end.outcome, end.reason) for end in ends}


def _category_word(item: ShownItem) -> str:
    return item.category.value if item.category is not None else item.resource_type
