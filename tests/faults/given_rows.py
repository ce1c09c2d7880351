"""What is in the database before a write path is tried: for each path the rows that it changes."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from adapters.contract import Reason
from gateway.audit.acts import LogBegunAnew, RelationshipsImported
from gateway.audit.log import AuditLog
from gateway.store.agreement_feeds import Feed
from gateway.store.agreements import Agreement, Terms, add_agreement
from gateway.store.break_glass import Grant, keep_grant
from gateway.store.engine import open_store
from gateway.store.identity_holds import IdentityHold, hold_identity
from gateway.store.logout_tokens import take_once
from gateway.store.objections import Objection, record_objection
from gateway.store.policies import PolicyVersion, activate_policy, save_policy
from gateway.store.policy_drafts import Draft, add_draft
from gateway.store.privacy_alerts import PrivacyAlert, raise_privacy_alert
from gateway.store.reidentifications import Reidentification, keep_reidentification
from gateway.store.relationships import Relationship, add_relationships
from gateway.store.releases import add_release
from gateway.store.safety_events import SafetyEvent, record_safety_event
from gateway.store.sign_ins import SignIn, begin_sign_in
from gateway.store.snapshots import PageSnapshot, SnapshotBinding, keep_snapshot
from gateway.store.staff_members import StaffMember, replace_staff_members
from gateway.store.staff_suspensions import StaffSuspension, suspend
from gateway.store.team_members import TeamMember, add_team_member
from gateway.store.vault_entries import VaultEntry
from gateway.store.view_permissions import ViewPermission, keep_permission
from gateway.store.words import (
    AlertKind,
    DataItem,
    EmergencyReason,
    ObjectionExceptions,
    PermissionAnswer,
    ReidentificationReason,
    RelationshipType,
)
from rbac.types import Purpose
from tests.faults.release_paths import RELEASE
from tests.store_factories import KEY, NOW, VERSION, clock

LATER = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)
OTHER_VERSION = "w" * 64
PATIENT = "p" * 36
IDS = [UUID(int=number) for number in range(100, 140)]
"""Whatever has an id has one of these."""


def _sign_in(name: str, expires_at: datetime = LATER) -> SignIn:
    created = min(NOW, expires_at - timedelta(hours=1))
    return SignIn(name * 64, "u1", b"{}", created, created, expires_at, "s1", "r1", "https://op")


SIGN_IN, NEW_SIGN_IN, OLD_SIGN_IN = _sign_in("a"), _sign_in("b"), _sign_in("c", EARLIER)
DRAFT = Draft(IDS[0], VERSION, OTHER_VERSION, ("u1", "u2"), "why", False, "d" * 64, NOW, "u1")
APPROVED = replace(DRAFT, id=IDS[1], approved_at=NOW, approved_by="u2")
NEW_DRAFT = replace(DRAFT, id=IDS[2])
TERMS = Terms(
    "LDSA-1", frozenset({DataItem.HEALTH_RECORDS}), frozenset({Purpose.TREAT}), EARLIER, LATER
)
AGREEMENT = Agreement(TERMS, ("F84004", "RAL"), NOW, "who", "where", NOW)
NEW_AGREEMENT = replace(AGREEMENT, terms=replace(TERMS, id="LDSA-2"))
FEED = Feed("violence", "streets", "RAL")
ASKED_ABOUT = Reidentification(
    *(IDS[30], IDS[31], "streets", "RAL", 1, "a" * 26, "u1", "gp", "F84004"),
    *(ReidentificationReason.RISK_FOUND, "why it is so", NOW, LATER),
)
NEWLY_ASKED = replace(ASKED_ABOUT, id=IDS[32])
TO_BE_AGREED, OVERDUE = (
    replace(ASKED_ABOUT, id=IDS[33]),
    replace(ASKED_ABOUT, id=IDS[34], asked_at=EARLIER - timedelta(hours=1), ends_at=EARLIER),
)
ENTRY = VaultEntry(bytes(16), 1, bytes(26))
MEMBER = TeamMember(IDS[3], "F84004", "t1", "u1", EARLIER)
NEW_MEMBER = replace(MEMBER, id=IDS[4], user_id="u2")
STAFF = tuple(StaffMember("F84004", user, KEY, KEY, NOW) for user in ("u1", "u2"))
SUSPENSION = StaffSuspension("u3", "*", NOW, "u2", "why")
EVENT = SafetyEvent(IDS[5], "H-01", "hospital", Reason.DEMOGRAPHICS_DIFFER, NOW, PATIENT, IDS[6])
NEW_EVENT = replace(EVENT, id=IDS[7])
HOLD = IdentityHold(KEY, "hospital", Reason.DEMOGRAPHICS_DIFFER, NOW, IDS[6])
NEW_HOLD = replace(HOLD, source="gp", decision_id=IDS[8])
ALERT = PrivacyAlert(
    *(IDS[9], AlertKind.BREAK_GLASS, IDS[10], PATIENT, "u1", "Dr Example", "gp", "F84004", "view"),
    *("TREAT", "risk-to-life", None, IDS[11], ("F84004",), NOW, LATER),
)
NEW_ALERT = replace(ALERT, id=IDS[12])
RELATIONSHIP = Relationship(
    *(IDS[13], KEY, "F84004", RelationshipType.SELF_CLAIMED, "why", NOW, LATER, "break-glass"),
)
NEW_RELATIONSHIP = replace(RELATIONSHIP, id=IDS[14])
GRANT = Grant(
    *(IDS[11], IDS[10], KEY, PATIENT, "u1", SIGN_IN.id_hash, "gp", "F84004", Purpose.ETREAT),
    *(EmergencyReason.RISK_TO_LIFE, "why it is so", NOW, LATER, None, RELATIONSHIP.id),
)
NEW_GRANT = replace(GRANT, id=IDS[15], relationship=NEW_RELATIONSHIP.id)
PERMISSION = ViewPermission(
    IDS[16], IDS[17], KEY, "u1", SIGN_IN.id_hash, PermissionAnswer.YES, EARLIER
)
NEW_PERMISSION = replace(PERMISSION, id=IDS[18], recorded_at=LATER)
BEGUN_ANEW = LogBegunAnew(
    *(NOW, "scr", "record.test/2", "record.test/1", 3, "", 2),
    proven=1,
    kept=1,
    fault="cut off",
    why="why",
)
OBJECTION = Objection(KEY, "hospital", ObjectionExceptions.BREAK_GLASS, NOW)
SNAPSHOT = PageSnapshot(SnapshotBinding("s" * 43, "u1", SIGN_IN.id_hash, PATIENT), b"{}", EARLIER)
NEW_SNAPSHOT = replace(SNAPSHOT, binding=replace(SNAPSHOT.binding, snapshot_id="n" * 43))


async def give(url: str) -> None:
    """Put in what the paths need."""
    store = open_store(url)
    log = AuditLog(store, clock)
    await _recorded(log)
    await keep_snapshot(store, SNAPSHOT)
    await log.aclose()
    store.close()


async def _recorded(log: AuditLog) -> None:
    async with log.recorded(RelationshipsImported(NOW, "tests", "given", 1)) as session:
        for version in (VERSION, OTHER_VERSION):
            await session.do(save_policy, PolicyVersion(version, b"{}", NOW, "u1"))
        await session.do(activate_policy, VERSION, NOW, 0)
        for sign_in in (SIGN_IN, OLD_SIGN_IN):
            await session.do(begin_sign_in, sign_in)
        for draft in (DRAFT, APPROVED):
            await session.do(add_draft, draft)
        await session.do(add_agreement, AGREEMENT)
        for asked in (ASKED_ABOUT, TO_BE_AGREED, OVERDUE):
            await session.do(keep_reidentification, asked, 20, EARLIER)
        await session.do(add_team_member, MEMBER)
        await session.do(replace_staff_members, "F84004", STAFF[:1])
        await session.do(suspend, SUSPENSION)
        await session.do(record_safety_event, EVENT)
        await session.do(hold_identity, HOLD)
        await session.do(raise_privacy_alert, ALERT)
        await session.do(add_relationships, (RELATIONSHIP,))
        await session.do(keep_grant, GRANT)
        await session.do(keep_permission, PERMISSION)
        await session.do(record_objection, OBJECTION)
        await session.do(take_once, "e" * 64, EARLIER)
        await session.do(add_release, RELEASE)
