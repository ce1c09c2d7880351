"""Say whether a person was asked, where somebody must ask before they open a record in direct care, and what they said.

Records no answer, and asks about no emergency: in one nobody is asked. Source: docs/decisions/0022.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from fhir_profiles.nhs_number import NhsNumber
from gateway.access.guarded import CallSite, asked, told
from gateway.access.permit import Offer, Permit, Refusal, RefusalReason
from gateway.access.registry import StoredRegistry
from gateway.access.role_ground import Ground
from gateway.identity import Principal
from gateway.store.view_permissions import ViewPermission, permissions_of_session
from gateway.store.words import PermissionAnswer
from rbac.types import Purpose

PERMISSION_LASTS = timedelta(hours=8)
"""docs/decisions/0022, section 3: a shift, and as long as a web session can last."""

EVERY_ROLE = "every-role"

_OPENS = frozenset({PermissionAnswer.YES, PermissionAnswer.UNABLE})


class Permissions(Protocol):
    """Who must ask, and where answers are read, anew for each decision."""

    def must_ask(self, principal: Principal) -> bool: ...

    async def of_session(self, principal: Principal) -> tuple[ViewPermission, ...]: ...

    def key_of(self, patient: NhsNumber) -> str: ...


class NobodyAsks:
    """Stand for answers where nobody has to ask."""

    def must_ask(self, _principal: Principal) -> bool:
        """Say no."""
        return False

    async def of_session(self, _principal: Principal) -> tuple[ViewPermission, ...]:
        """Give no answer."""
        return ()

    def key_of(self, _patient: NhsNumber) -> str:
        """Give a key under which nothing stands."""
        return ""


@dataclass(frozen=True, slots=True)
class StoredPermissions:
    """The answers in the deployment's own database. `asking` names the roles that must ask, by organisation."""

    registry: StoredRegistry
    asking: Mapping[str, Collection[str]]

    def must_ask(self, principal: Principal) -> bool:
        """Say whether a caller must ask the person before they open a record in direct care."""
        roles = self.asking.get(principal.organisation, ())
        return EVERY_ROLE in roles or principal.role in roles

    async def of_session(self, principal: Principal) -> tuple[ViewPermission, ...]:
        """Give the answers that a caller recorded in this session."""
        return await self.registry.store.read(
            permissions_of_session, principal.user_id, principal.session
        )

    def key_of(self, patient: NhsNumber) -> str:
        """Give the keyed hash under which a person's answer stands."""
        return self.registry.key_of(patient)


async def refusal_without_permission(
    permissions: Permissions, ground: Ground, permit: Permit, now: datetime
) -> Refusal | None:
    """Refuse a view that would open but for the person's permission; None where it stands, or need not.

    Raises UnavailableError when it cannot be read what they answered.
    """
    if permit.purpose is not Purpose.TREAT or not permissions.must_ask(permit.principal):
        return None
    rows = await asked(
        CallSite.PERMISSIONS, lambda: permissions.of_session(permit.principal), tuple
    )
    # What was answered under any of the person's numbers was answered by the person.
    person = permit.person
    numbers = (permit.patient, person.nhs_number, *person.superseded)
    keys = frozenset(permissions.key_of(number) for number in numbers)
    reason = told(
        CallSite.PERMISSIONS,
        lambda: stands_against(rows, permit.principal, keys, now),
        RefusalReason,
        type(None),
    )
    return None if reason is None else _refusal(ground, reason, permit.patient_id)


def stands_against(
    rows: Iterable[ViewPermission], principal: Principal, keys: Collection[str], now: datetime
) -> RefusalReason | None:
    """Say why a session's answers do not open a person's record; None when they do.

    A no stands whatever else was recorded, before or after it.
    """
    live = [row for row in rows if row.patient_key in keys and _stands(row, principal, now)]
    if any(row.answer is PermissionAnswer.NO for row in live):
        return RefusalReason.PERMISSION_REFUSED
    if any(row.answer in _OPENS and row.recorded_at <= now for row in live):
        return None
    return RefusalReason.PERMISSION_TO_VIEW_REQUIRED


def _stands(row: ViewPermission, principal: Principal, now: datetime) -> bool:
    return (
        row.session == principal.session != ""
        and row.user_id == principal.user_id
        and now < row.recorded_at + PERMISSION_LASTS
    )


def _refusal(ground: Ground, reason: RefusalReason, patient_id: str) -> Refusal:
    offers = ground.offers & {Offer.BREAK_GLASS}
    if reason is RefusalReason.PERMISSION_TO_VIEW_REQUIRED:
        offers |= {Offer.RECORD_PERMISSION}
    return replace(ground.refusal(reason, patient_id), offers=offers)
