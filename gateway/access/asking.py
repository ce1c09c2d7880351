"""Say in the audit's words who asks for what, and what was decided: the only maker of a row A about a decision.

Gives also row B of a look at what is kept about acts.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.access.permit import Refusal, ReviewPermit
from gateway.app_context import AppContext
from gateway.audit.acts import Asked, AskedAct, Decision, Disclosed, DisclosureOutcome, Who
from gateway.identity import Principal
from rbac.types import Purpose


class Decided(Protocol):
    """What every permit, ground and refusal says of itself."""

    @property
    def decision_id(self) -> UUID: ...
    @property
    def policy_version(self) -> str: ...


def who_of(principal: Principal) -> Who:
    """Give the caller as the audit keeps them."""
    return Who(
        user_id=principal.user_id,
        role=principal.role,
        organisation=principal.organisation,
        organisation_kind=principal.organisation_kind.value,
        name=f"{principal.given_name} {principal.family_name}",
        role_profile_id=principal.role_profile_id,
    )


def shown_row(
    permit: ReviewPermit, patient: str | None, shown: Mapping[str, int], at: datetime
) -> Disclosed:
    """Give row B of a look at what is kept about acts, none of it content: how much of what; `patient` is an opaque id."""
    is_anything = any(shown.values())
    return Disclosed(
        decision_id=permit.decision_id,
        at=at,
        user_id=permit.principal.user_id,
        patient=patient,
        outcome=DisclosureOutcome.DISCLOSED if is_anything else DisclosureOutcome.NOTHING,
        sources={},
        shown=shown,
        withheld={},
    )


def asked_row(
    act: AskedAct,
    decision: Decided,
    principal: Principal,
    *,
    request_id: str,
    purpose: Purpose | None,
    patient: str | None,
    at: datetime,
) -> Asked:
    """Give row A of a decision; `patient` is an opaque id. Whatever is no Refusal was allowed."""
    refusal = decision if isinstance(decision, Refusal) else None
    return Asked(
        decision_id=decision.decision_id,
        at=at,
        who=who_of(principal),
        request_id=request_id,
        act=act,
        purpose=purpose,
        patient=patient,
        decision=Decision.ALLOWED if refusal is None else Decision.REFUSED,
        reason="permitted" if refusal is None else refusal.reason.value,
        policy_version=decision.policy_version,
        details=token_details(principal.app),
    )


def token_details(app: AppContext) -> Mapping[str, str]:
    """Say by which application and under which token somebody asks, as far as the token itself says."""
    told = {"client": app.client_id, "token": app.token_id}
    return {name: text for name, text in told.items() if text}
