"""Ask the parts that a decision rests on so that any doubt about an answer is a refusal.

Decides nothing itself. Each place where a decision depends on another part has a name here; the fault
tests go through the names, so that a new place cannot escape them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TypeVar

from gateway.errors import SharedCareRecordError, UnavailableError

STUCK_AFTER_SECONDS = 2.0
"""A check that takes longer than this has failed (safety rules, 2)."""

Answer = TypeVar("Answer")


class CallSite(StrEnum):
    """Places where a decision or a disclosure rests on another part's answer."""

    AGREEMENTS = "agreements"
    POLICY = "policy"
    STAFF = "staff"
    STAFF_REGISTER = "staff-register"
    LEVELS = "levels"
    RELATIONSHIPS = "relationships"
    TEAMS = "teams"
    OBJECTIONS = "objections"
    IDENTITY_HOLDS = "identity-holds"
    DEMOGRAPHICS = "demographics"
    CONTACTS = "contacts"
    LABELS = "labels"
    GRANTS = "grants"
    PERMISSIONS = "permissions"
    PRIVACY_ALERT = "privacy-alert"
    AUDIT_ASKED = "audit-asked"
    AUDIT_DISCLOSED = "audit-disclosed"


async def asked(
    site: CallSite,
    call: Callable[[], Awaitable[Answer]],
    *kinds: type,
    limit_seconds: float | None = None,
) -> Answer:
    """Await an answer of exactly one of these kinds.

    Raises UnavailableError when the part fails, is stuck, or answers with something else.
    """
    try:
        async with asyncio.timeout(limit_seconds or STUCK_AFTER_SECONDS):
            answer = await call()
    except SharedCareRecordError:
        raise
    except Exception as fault:
        raise UnavailableError(f"The {site} check could not be made.") from fault
    return _of_kind(site, answer, kinds)


def told(site: CallSite, call: Callable[[], Answer], *kinds: type) -> Answer:
    """Take a synchronous answer of exactly one of these kinds.

    Raises UnavailableError when the part fails, answers too late, or answers with something else.
    """
    began = time.monotonic()
    try:
        answer = call()
    except SharedCareRecordError:
        raise
    except Exception as fault:
        raise UnavailableError(f"The {site} check could not be made.") from fault
    if time.monotonic() - began > STUCK_AFTER_SECONDS:
        raise UnavailableError(f"The {site} check took too long.")
    return _of_kind(site, answer, kinds)


def _of_kind(site: CallSite, answer: Answer, kinds: tuple[type, ...]) -> Answer:
    # A part that answers None, a tuple or a coroutine is broken: truthiness must never let it through.
    if type(answer) not in kinds:
        raise UnavailableError(f"The {site} check gave no usable answer.")
    return answer
