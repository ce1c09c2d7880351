from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import Outcome, Reason
from gateway.audit.acts import (
    TEXT_LIMIT_BYTES,
    AdministratorsNamed,
    AuditAction,
    AuditEvent,
    CallerRefused,
    Disclosed,
    DisclosureOutcome,
    EmergencyEnded,
    GlassBroken,
    IdentityHoldRejected,
    IdentityHoldReleased,
    JobRolesChanged,
    PermissionRecorded,
    PolicyActivated,
    PolicyApproved,
    PolicyProposed,
    PrivacyAlertSettled,
    ProviderSignedOut,
    RadarAlertRaised,
    ReidentificationAsked,
    ReidentificationSettled,
    RelationshipClaimed,
    RelationshipsImported,
    RoleChosen,
    SafetyEventRaised,
    SafetyEventReviewed,
    SignedIn,
    SignInFailed,
    StaffKnown,
    StaffRestored,
    StaffSuspended,
    TeamMemberAdded,
    TeamMemberEnded,
    VaultFilled,
    VaultOpened,
    entry_of,
    escaped,
)
from gateway.audit.agreement_acts import AgreementAdded, AgreementEnded
from gateway.audit.log_acts import AuditExported, EntriesPurged, LogBegunAnew
from tests.audit.release_events import RELEASE_EVENTS
from tests.store_factories import NOW, SIGNED_OUT, VERSION, WHO, asked, disclosed

EVENTS: list[AuditEvent] = [
    asked(1),
    disclosed(1),
    SignedIn(NOW, WHO, "openid"),
    SignInFailed(NOW, "bad-state", "u1"),
    SIGNED_OUT,
    CallerRefused(NOW, "u1", str(UUID(int=6)), "no-role"),
    StaffSuspended(NOW, "u1", "u2", "*", "left"),
    StaffRestored(NOW, "u1", "u2", "*"),
    StaffKnown(NOW, "u1", "RRV", 3),
    TeamMemberAdded(NOW, "u1", "u2", "RRV", "renal", NOW, None),
    TeamMemberEnded(NOW, "u1", "u2", "RRV", "renal", NOW),
    ProviderSignedOut(NOW, "u1", "https://identity.example", 1),
    RoleChosen(NOW, WHO),
    JobRolesChanged(NOW, "u1", "d", ("R0270 general-practice gp",)),
    AdministratorsNamed(NOW, "u1", ("u1", "u2")),
    PolicyProposed(NOW, "u1", UUID(int=4), "v1", UUID(int=5), "v2", ("u1", "u2"), "d"),
    PolicyApproved(NOW, "u1", UUID(int=4), "v1", UUID(int=5), "d"),
    PolicyActivated(NOW, "u1", "v2", "v1"),
    RelationshipsImported(NOW, "u1", "registry", 12),
    AgreementAdded(
        at=NOW,
        user_id="u1",
        checked_by="u2",
        agreement="london",
        digest="d" * 64,
        parties=2,
        items=("health-records",),
        purposes=("TREAT",),
        starts_at=NOW,
        ends_at=NOW,
    ),
    AgreementEnded(NOW, "u1", "london", NOW),
    VaultFilled(NOW, "u1", 12, 1),
    VaultOpened(NOW, "u1", "re-identification", UUID(int=2)),
    ReidentificationAsked(
        at=NOW,
        user_id="u1",
        decision_id=UUID(int=2),
        decided_under=VERSION,
        reidentification=UUID(int=7),
        project="costs",
        recipient="QMJ",
        epoch=1,
        reason_code="risk-found",
        reason="many falls this year",
        ends_at=NOW,
    ),
    ReidentificationSettled(NOW, "u1", UUID(int=3), VERSION, UUID(int=7), "approved"),
    SafetyEventRaised(NOW, "u1", "p" * 36, UUID(int=1), "hospital", Reason.FOREIGN_SUBJECT),
    SafetyEventReviewed(NOW, "u1", "p" * 36, UUID(int=2), UUID(int=3)),
    IdentityHoldReleased(NOW, "u1", "p" * 36, UUID(int=2), UUID(int=1), "hospital"),
    IdentityHoldRejected(NOW, "u1", "p" * 36, UUID(int=2), UUID(int=1), "hospital"),
    GlassBroken(
        at=NOW,
        user_id="u1",
        patient="p" * 36,
        decision_id=UUID(int=2),
        decided_under=VERSION,
        grant=UUID(int=3),
        step="ETREAT",
        reason_code="risk-to-life",
        reason="found unconscious",
        ends_at=NOW,
        tell=("F84004", "RRV"),
    ),
    EmergencyEnded(NOW, "u1", "p" * 36, UUID(int=2), UUID(int=3)),
    RadarAlertRaised(NOW, "u1", UUID(int=4), "u2", ("own-record", "surge"), 2),
    PrivacyAlertSettled(NOW, "u1", None, UUID(int=2), UUID(int=4), "justified"),
    RelationshipClaimed(
        at=NOW,
        user_id="u1",
        patient="p" * 36,
        decision_id=UUID(int=2),
        decided_under=VERSION,
        claim=UUID(int=5),
        reason_code="other-care",
        reason="asked for advice",
        ends_at=NOW,
        tell=("F84004",),
    ),
    PermissionRecorded(
        at=NOW,
        user_id="u1",
        patient="p" * 36,
        decision_id=UUID(int=2),
        decided_under=VERSION,
        permission=UUID(int=6),
        answer="yes",
        reason_code=None,
        reason=None,
        ends_at=NOW,
    ),
    AuditExported(NOW, "u1", 5),
    EntriesPurged(NOW, "u1", 3, NOW, "8 years"),
    LogBegunAnew(NOW, "u1", "b", "a", 13, "cm9vdA==", 10, 7, 9, "cut off", "a disk failed"),
    *RELEASE_EVENTS,
]


def test_there_is_an_event_for_every_action() -> None:
    assert [event.action for event in EVENTS] == list(AuditAction)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.action)
def test_an_entry_is_canonical_json_that_names_its_action_and_user(event: AuditEvent) -> None:
    entry = entry_of(event)

    written = orjson.loads(entry.body)
    assert entry.body == orjson.dumps(written, option=orjson.OPT_SORT_KEYS)
    assert (written["action"], entry.action, entry.user_id) == (event.action, event.action, "u1")
    assert written["at"] == "2026-03-02T09:30:00Z"


def test_row_a_is_found_by_patient_and_decision_and_stands_under_its_policy() -> None:
    entry = entry_of(asked(7, version="v1"))

    assert (entry.decision_id, entry.patient) == (asked(7).decision_id, "p" * 36)
    assert entry.decided_under == "v1"


def test_row_b_holds_the_true_outcome_of_each_source_and_is_found_with_row_a() -> None:
    event = Disclosed(
        decision_id=asked(7).decision_id,
        at=NOW,
        user_id="u1",
        patient="p",
        outcome=DisclosureOutcome.NOTHING,
        sources={"gp": (Outcome.WRONG_PATIENT, Reason.FOREIGN_SUBJECT)},
        shown=MappingProxyType({}),
        withheld={"role": 3},
    )

    entry = entry_of(event)

    assert (entry.decision_id, entry.patient, entry.decided_under) == (event.decision_id, "p", None)
    assert orjson.loads(entry.body)["sources"] == {"gp": ["wrong-patient", "foreign-subject"]}
    assert orjson.loads(entry.body)["withheld"] == {"role": 3}


def test_a_failed_sign_in_may_have_no_user() -> None:
    assert entry_of(SignInFailed(NOW, "no-code")).user_id is None


def test_instants_are_written_in_utc() -> None:
    in_london = datetime(2026, 7, 1, 10, 0, 0, 5, timezone(timedelta(hours=1)))

    entry = entry_of(SignInFailed(in_london, "expired"))

    assert orjson.loads(entry.body)["at"] == "2026-07-01T09:00:00.000005Z"
    assert in_london.astimezone(UTC).hour == 9


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        entry_of(SignInFailed(datetime(2026, 7, 1), "expired"))  # noqa: DTZ001 - what is refused


def test_a_value_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        entry_of(asked(1, details={"names": {"a"}}))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Dr O'Neill-Müller", "Dr O'Neill-Müller"),
        ("a\r\nGET /", "a\\r\\nGET /"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x00\x7f\x85", "\\x00\\x7f\\x85"),
        ("\ud800", "\\ud800"),
        ("\u202egnp.exe\u2028", "\\u202egnp.exe\\u2028"),
        ("\\x1b", "\\\\x1b"),
        ('"},"action":"x"', '"},"action":"x"'),
    ],
)
def test_ai_05_characters_that_mislead_are_kept_as_escapes(sent: str, kept: str) -> None:
    assert escaped(sent) == kept


@pytest.mark.parametrize("sent", ["x" * 1_000_000, "é" * 600, "\x1b" * 1_000_000, "😀" * 300])
def test_ai_05_a_long_value_is_cut_at_one_kilobyte_and_says_so(sent: str) -> None:
    kept = escaped(sent)

    assert TEXT_LIMIT_BYTES - 8 < len(kept.encode()) <= TEXT_LIMIT_BYTES
    assert kept.endswith("…")


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_ai_05_whatever_is_sent_is_kept_as_printable_text_in_one_row(sent: str) -> None:
    entry = entry_of(SignInFailed(NOW, "unknown-user", sent, {sent: sent}))

    written = orjson.loads(entry.body)
    assert entry.user_id == written["user_id"] == escaped(sent)
    assert written["details"] == {escaped(sent): escaped(sent)}
    assert escaped(sent).isprintable()
    assert len(escaped(sent).encode()) <= TEXT_LIMIT_BYTES


def test_the_patient_is_not_in_the_text_of_an_event() -> None:
    assert "ppp" not in repr(asked(1)) + repr(disclosed(1)) + repr(entry_of(asked(1)))
