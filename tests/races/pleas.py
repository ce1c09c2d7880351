"""What somebody does of their own accord at one worker: break the glass, end that, claim a relationship, or record an answer.

Each says in the model's words what came of it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from gateway.access.decision import Question
from gateway.errors import NotAuthenticatedError, NotFoundError, RefusedError, UnavailableError
from gateway.patient.find import Finder
from gateway.patient.pleas import Answer, ClaimPlea, Plea
from gateway.store.break_glass import Grant
from gateway.store.claims import Claim
from gateway.store.view_permissions import ViewPermission
from gateway.store.words import ClaimReason, EmergencyReason, PermissionAnswer
from rbac.types import Purpose
from tests.patient.factories import NUMBER
from tests.races.deployment import Worker

REASON = "There is nobody to ask."


@dataclass(frozen=True)
class Done:
    """What came of an act, and what it left behind."""

    outcome: str
    left: Grant | Claim | ViewPermission | None = None


async def break_glass(worker: Worker, token: str, step: str) -> Done:
    """Take one step of an emergency."""

    async def breaking() -> Done:
        plea = Plea(EmergencyReason.CANNOT_BE_ASKED, REASON)
        question = await _question(worker, token, Purpose(step))
        opened = await worker.services.emergencies.break_glass(question, plea, "request")
        return Done(f"until {opened.grant.ends_at}", opened.grant)

    return await _told(breaking)


async def end_emergency(worker: Worker, token: str, grant: UUID) -> Done:
    """End an emergency before its time."""

    async def ending() -> Done:
        principal = await worker.verifier.principal(token)
        await worker.services.emergencies.end(Finder(principal, None, "request"), grant)
        return Done("ended")

    return await _told(ending)


async def claim(worker: Worker, token: str) -> Done:
    """Claim a relationship for direct care."""

    async def claiming() -> Done:
        plea = ClaimPlea(ClaimReason.TRANSFER_OF_CARE, REASON)
        question = await _question(worker, token, Purpose.TREAT)
        return Done("claimed", await worker.services.claims.claim(question, plea, "request"))

    return await _told(claiming)


async def record_answer(worker: Worker, token: str) -> Done:
    """Record that the person agrees to their record being viewed."""

    async def recording() -> Done:
        question = await _question(worker, token, Purpose.TREAT)
        answer = Answer(PermissionAnswer.YES)
        recorded = await worker.services.permissions.record(question, answer, "request")
        return Done("recorded", recorded.permission)

    return await _told(recording)


async def _question(worker: Worker, token: str, purpose: Purpose) -> Question:
    principal = await worker.verifier.principal(token)
    return Question(principal, purpose, NUMBER, worker.services.ids.seal(NUMBER))


async def _told(act: Callable[[], Awaitable[Done]]) -> Done:
    try:
        return await act()
    except NotAuthenticatedError:
        return Done("not-authenticated")
    except RefusedError as refusal:
        return Done(refusal.reason)
    except NotFoundError:
        return Done("not-found")
    except UnavailableError:
        return Done("unavailable")
