"""Every kind of entry, told as FHIR, is an AuditEvent of the R4B models; so is whatever text an entry may hold."""

from typing import Any

import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import Outcome, Reason
from gateway.audit.acts import AskedAct, Who
from tests.audit.balp_events import EVERY_KIND, fhir, refused, row_a, row_b


def read_back(event: dict[str, Any]) -> dict[str, Any]:
    model = AuditEvent.model_validate(event)
    back: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return back


@pytest.mark.parametrize("name", EVERY_KIND)
def test_every_kind_of_entry_is_an_audit_event_of_the_r4b_models(name: str) -> None:
    event = EVERY_KIND[name]

    assert read_back(event)["entity"] == event["entity"]


TEXT = st.text(max_size=80)
WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)


@given(TEXT, TEXT, TEXT, TEXT, TEXT, WORD)
def test_whatever_a_token_a_caller_or_a_source_wrote_an_event_stays_one(
    name: str, request_id: str, client: str, token: str, source: str, user_id: str
) -> None:
    who = Who(user_id, "gp", "F84004", "general-practice", name, name)
    details = {"client": client, "token": token}
    asked = row_a(AskedAct.VIEW, who=who, request_id=request_id, details=details)

    for event in (
        fhir(asked),
        fhir(refused(who=who, reason=source)),
        fhir(row_b(user_id=user_id, sources={"gp": (Outcome.DATA, Reason.NONE)}), asked),
    ):
        assert read_back(event)["id"] == event["id"]
