"""What else of an entry is told, kind by kind, and that nobody's own words are."""

from dataclasses import replace
from uuid import UUID

import orjson
import pytest

from gateway.audit.acts import (
    AskedAct,
    AuditAction,
    GlassBroken,
    PermissionRecorded,
    RelationshipClaimed,
    StaffSuspended,
)
from tests.audit.balp_events import (
    EVENT_OF,
    OWN_WORDS,
    details,
    fhir,
    row_a,
    row_b,
)
from tests.audit.release_events import DETAILS_OF_RELEASES
from tests.audit.test_acts import EVENTS
from tests.store_factories import NOW


def test_row_a_tells_its_ground_and_row_b_what_was_shown_and_the_same_ground() -> None:
    ground = {"act": "view", "policy_version": "v" * 64, "relationship": "referral"}

    assert details(fhir(row_a())) == {
        **ground,
        "decision_id": str(UUID(int=4)),
        "decision": "allowed",
        "reason": "relationship",
        "levels": "l" * 64,
        "agreements": "london, other",
    }
    assert details(fhir(row_b(), row_a())) == {
        **ground,
        "decision_id": str(UUID(int=4)),
        "outcome": "disclosed",
        "shown.medications": "2",
        "withheld.role": "3",
        "sources.gp": "data, none",
    }


def test_a_reading_under_a_broken_glass_names_its_grant_and_an_attempt_its_reason_and_no_mark() -> (
    None
):
    said = {"grant": "g1", "reason_code": "risk-to-life", "plea": "he is my neighbour"}
    said["marks"] = "same-surname"

    event = fhir(row_b(), row_a(details=said))

    assert details(event).items() >= {("grant", "g1"), ("reason_code", "risk-to-life")}
    assert [each for each in ("neighbour", "surname") if each in str(event)] == []


def test_a_broken_glass_tells_its_step_as_the_purpose_and_whom_it_is_told() -> None:
    event = fhir(EVENT_OF[AuditAction.GLASS_BROKEN], row_a(AskedAct.BREAK_GLASS))

    [purpose] = event["purposeOfEvent"]
    assert purpose["coding"][0]["code"] == "ETREAT"
    assert details(event) == {
        "grant": str(UUID(int=3)),
        "step": "ETREAT",
        "decision_id": str(UUID(int=2)),
        "decided_under": "v" * 64,
        "reason_code": "risk-to-life",
        "ends_at": "2026-03-02T09:30:00Z",
        "tell": "F84004, RRV",
        "act": "break-glass",
        "policy_version": "v" * 64,
        "relationship": "referral",
    }


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("signed-in", {"method": "openid"}),
        ("sign-in-failed", {"reason": "bad-state"}),
        ("signed-out", {"reason": "user"}),
        ("caller-refused", {"reason": "no-role"}),
        ("staff-suspended", {"role_profile_id": "*"}),
        ("staff-restored", {"role_profile_id": "*"}),
        ("staff-known", {"organisation": "RRV", "count": "3"}),
        (
            "team-member-added",
            {"organisation": "RRV", "team": "renal", "starts_at": "2026-03-02T09:30:00Z"},
        ),
        (
            "team-member-ended",
            {"organisation": "RRV", "team": "renal", "ends_at": "2026-03-02T09:30:00Z"},
        ),
        ("provider-signed-out", {"issuer": "https://identity.example", "sessions": "1"}),
        ("role-chosen", {}),
        ("job-roles-changed", {"digest": "d", "rows": "R0270 general-practice gp"}),
        ("administrators-named", {"administrators": "u1, u2"}),
        (
            "policy-proposed",
            {
                "decision_id": str(UUID(int=4)),
                "decided_under": "v1",
                "draft": str(UUID(int=5)),
                "version": "v2",
                "digest": "d",
                "administrators": "u1, u2",
            },
        ),
        (
            "policy-approved",
            {
                "decision_id": str(UUID(int=4)),
                "decided_under": "v1",
                "draft": str(UUID(int=5)),
                "digest": "d",
            },
        ),
        ("policy-activated", {"version": "v2", "previous": "v1"}),
        ("audit-exported", {"entries": "5"}),
        (
            "entries-purged",
            {"through": "3", "recorded_before": "2026-03-02T09:30:00Z", "rule": "8 years"},
        ),
        ("relationships-imported", {"source": "registry", "count": "12"}),
        (
            "agreement-added",
            {
                "agreement": "london",
                "checked_by": "u2",
                "digest": "d" * 64,
                "parties": "2",
                "items": "health-records",
                "purposes": "TREAT",
                "starts_at": "2026-03-02T09:30:00Z",
                "ends_at": "2026-03-02T09:30:00Z",
            },
        ),
        ("agreement-ended", {"agreement": "london", "ends_at": "2026-03-02T09:30:00Z"}),
        (
            "safety-event-raised",
            {
                "decision_id": str(UUID(int=1)),
                "source": "hospital",
                "reason": "foreign-subject",
            },
        ),
        (
            "safety-event-reviewed",
            {"decision_id": str(UUID(int=2)), "safety_event": str(UUID(int=3))},
        ),
        *(
            (
                f"identity-hold-{act}",
                {
                    "decision_id": str(UUID(int=2)),
                    "held_under": str(UUID(int=1)),
                    "source": "hospital",
                },
            )
            for act in ("released", "rejected")
        ),
        ("emergency-ended", {"decision_id": str(UUID(int=2)), "grant": str(UUID(int=3))}),
        (
            "radar-alert-raised",
            {"alert": str(UUID(int=4)), "rules": "own-record, surge", "accesses": "2"},
        ),
        (
            "privacy-alert-settled",
            {
                "decision_id": str(UUID(int=2)),
                "alert": str(UUID(int=4)),
                "outcome": "justified",
            },
        ),
        (
            "relationship-claimed",
            {
                "claim": str(UUID(int=5)),
                "decision_id": str(UUID(int=2)),
                "decided_under": "v" * 64,
                "reason_code": "other-care",
                "ends_at": "2026-03-02T09:30:00Z",
                "tell": "F84004",
            },
        ),
        (
            "permission-recorded",
            {
                "permission": str(UUID(int=6)),
                "answer": "yes",
                "decision_id": str(UUID(int=2)),
                "decided_under": "v" * 64,
                "ends_at": "2026-03-02T09:30:00Z",
            },
        ),
        *DETAILS_OF_RELEASES.items(),
    ],
)
def test_each_kind_of_entry_tells_these_details_and_no_more(
    action: str, expected: dict[str, str]
) -> None:
    assert details(fhir(EVENT_OF[AuditAction(action)])) == expected


@pytest.mark.parametrize("kind", [GlassBroken, RelationshipClaimed, PermissionRecorded])
def test_ai_05_nobodys_own_words_are_told(kind: type) -> None:
    [event] = [each for each in EVENTS if isinstance(each, kind)]

    for row in (None, row_a(details={"plea": OWN_WORDS})):
        told = orjson.dumps(fhir(replace(event, reason=OWN_WORDS), row)).decode()  # type: ignore[type-var]
        assert "aunt" not in told
        assert "outcomeDesc" not in told


def test_why_somebody_was_suspended_is_not_told() -> None:
    assert OWN_WORDS not in str(fhir(StaffSuspended(NOW, "u1", "u2", "*", OWN_WORDS)))
