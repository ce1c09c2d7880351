"""Answer officers and auditors what a member of staff could have been shown at most at a past instant.

Shows no record, asks no source and no demographics service. Row A says about whom and which instant was asked before
anything is read, row B is durable before the first byte; who is asked about as a person finds it in their statement.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from fhir_profiles.nhs_number import NhsNumber
from gateway.access.asking import asked_row, shown_row
from gateway.access.decision import AccessControl
from gateway.access.guarded import CallSite, asked
from gateway.access.permit import Refusal, Reviewing, ReviewPermit
from gateway.audit.acts import AskedAct
from gateway.audit.free_text import without_identifiers
from gateway.audit.log import AuditLog
from gateway.audit.past import Past, Sought, past_of
from gateway.errors import BadRequestError, NotFoundError, RefusedError
from gateway.policy.as_at import AsAt, as_at
from gateway.policy.drafts import fields_of_json
from gateway.policy.permitted import Asker
from gateway.policy.versions import PolicyVersions
from rbac.decide import CompiledPolicy

SHOWN = "audit-entries"

USER_CHARACTERS_AT_MOST = 200
"""As long as a subject of a token may be."""

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
"""Before any log, and far enough from the first of all instants that a month before it can be told."""

_FIELDS = frozenset({"user", "at", "patient"})
_NO_INSTANT = "at is an instant from 1900 on with its time zone, such as 2026-03-02T09:30:00Z."


class Ids(Protocol):
    """How a person's opaque ids are read and made."""

    def open(self, text: str) -> NhsNumber | None: ...
    def seal(self, number: NhsNumber) -> str: ...
    def every_id(self, number: NhsNumber) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Question:
    """About whom among the staff, which instant, and, by any opaque id, which person; None for no one person."""

    user_id: str
    at: datetime
    patient: str | None = field(default=None, repr=False)


def read_question(body: bytes) -> Question:
    """Read a question as JSON: `user`, `at`, and `patient` where one person is meant.

    Raises BadRequestError.
    """
    fields = fields_of_json(body, _FIELDS)
    user_id, patient = user_in(fields.get("user")), fields.get("patient")
    if not isinstance(patient, str | None):
        raise BadRequestError("patient is an opaque id.", "value")
    return Question(user_id, instant_in(fields.get("at")), patient)


def user_in(given: object) -> str:
    """Read the subject of a member of staff's tokens; row A keeps it, so an NHS number is none.

    Raises BadRequestError.
    """
    if not isinstance(given, str) or not 0 < len(given) <= USER_CHARACTERS_AT_MOST:
        raise BadRequestError("user is the subject of somebody's tokens.", "value")
    if not given.isprintable() or without_identifiers(given) != given:
        raise BadRequestError("user is the subject of tokens, and no number of a patient.", "value")
    return given


def instant_in(given: object) -> datetime:
    """Read an instant with its time zone, as ISO 8601 has it.

    Raises BadRequestError.
    """
    try:
        found = datetime.fromisoformat(given if isinstance(given, str) else "")
    except ValueError as fault:
        raise BadRequestError(_NO_INSTANT, "value") from fault
    if found.tzinfo is None or found < EARLIEST:
        raise BadRequestError(_NO_INSTANT, "value")
    return found


@dataclass(frozen=True, slots=True)
class PastAccess:
    """The use case, over the deployment's parts."""

    access: AccessControl
    versions: PolicyVersions
    ids: Ids
    log: AuditLog
    clock: Callable[[], datetime]

    async def at(self, asker: Asker, question: Question) -> AsAt:
        """Answer one question.

        Raises BadRequestError for an instant that is to come, NotFoundError for what is no id of a person, RefusedError,
        UnavailableError.
        """
        number = None if question.patient is None else self.ids.open(question.patient)
        patient = None if number is None else self.ids.seal(number)
        permit = await self._permit(asker, question, patient)
        past = await self._past(permit, question, number)
        policy = await self._compiled(past)
        found = as_at(
            question.user_id, question.at, past, policy, is_about_somebody=number is not None
        )
        await self._disclose(permit, patient, _entries(past))
        return found

    async def _past(
        self, permit: ReviewPermit, question: Question, number: NhsNumber | None
    ) -> Past:
        fault = _fault(question, number, self.clock())
        if fault is not None:
            await self._disclose(permit, None, 0)
            raise fault
        sought = Sought(question.user_id, question.at)
        if number is not None:
            key = self.access.grants.key_of(number)
            sought = replace(sought, patients=self.ids.every_id(number), patient_key=key)
        return await self.versions.store.read(past_of, sought)

    async def _compiled(self, past: Past) -> CompiledPolicy | None:
        if past.activation is None:
            return None
        side = await self.versions.side(await self.versions.policy(past.activation.version))
        return side.compiled

    async def _permit(self, asker: Asker, question: Question, patient: str | None) -> ReviewPermit:
        decision = await self.access.review_permit(asker.principal, asker.purpose, Reviewing.LOOK)
        row_a = asked_row(
            AskedAct.AS_AT,
            decision,
            asker.principal,
            request_id=asker.request_id,
            purpose=asker.purpose,
            patient=patient,
            at=self.clock(),
        )
        about = {"subject": question.user_id, "instant": question.at.isoformat()}
        row_a = replace(row_a, details={**row_a.details, **about})
        await asked(CallSite.AUDIT_ASKED, lambda: self.log.append(row_a), int)
        if isinstance(decision, Refusal):
            raise RefusedError(decision.told, "The request was refused.")
        return decision

    async def _disclose(self, permit: ReviewPermit, patient: str | None, count: int) -> None:
        row_b = shown_row(permit, patient, {SHOWN: count}, self.clock())
        await asked(CallSite.AUDIT_DISCLOSED, lambda: self.log.append(row_b), int)


def _fault(
    question: Question, number: NhsNumber | None, now: datetime
) -> BadRequestError | NotFoundError | None:
    if question.patient is not None and number is None:
        return NotFoundError("There is no such patient.")
    if question.at > now:
        return BadRequestError("at is an instant that has passed.", "value")
    return None


def _entries(past: Past) -> int:
    read = (past.acting, past.signing, past.staff, past.agreements, past.imports, past.purges)
    return sum(map(len, read)) + len(past.about)
