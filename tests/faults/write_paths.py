"""List every act of the gateway that has effects: what is recorded, and what is done with it in the one transaction.

Each names the functions of the gateway that do so. `tests/architecture/test_write_paths.py` fails for a function that
records effects and is named by none, and for one that does more than the path that names it.
"""

from collections.abc import Mapping

from adapters.contract import Reason
from gateway.audit import acts
from gateway.audit.radar_acts import RadarAlertRaised
from gateway.audit.retention import purge
from gateway.store import (
    agreement_feeds,
    agreements,
    break_glass,
    claims,
    identity_holds,
    job_roles,
    logout_tokens,
    objections,
    policies,
    policy_drafts,
    privacy_alerts,
    relationships,
    safety_events,
    sign_ins,
    staff_members,
    staff_suspensions,
    team_members,
    view_permissions,
)
from gateway.store.audit_feed import set_back
from gateway.store.radar_hits import RadarHit, add_radar_hits
from gateway.store.sign_ins import ProviderSessions
from gateway.store.words import AlertOutcome, ClaimReason
from tests.faults import given_rows as given
from tests.faults.acts import Act
from tests.faults.given_rows import EARLIER, IDS, LATER, PATIENT
from tests.faults.release_paths import RELEASE_ACTS
from tests.faults.vault_paths import VAULT_ACTS
from tests.store_factories import NOW, VERSION, WHO

_WEB, _PATIENT, _ACCESS = "gateway/web", "gateway/patient", "gateway/access"
_POLICY, _COMMANDS = "gateway/policy", "gateway/commands"
_HOSPITAL = "hospital"
_DECISION = IDS[20]
_ALERTS = f"{_PATIENT}/alerts.py:_keep"
_EFFECT = f"{_POLICY}/permitted.py:effect"
_DOUBT = Reason.DEMOGRAPHICS_DIFFER

ACTS: Mapping[str, Act] = {
    "a sign-in in place of another": Act(
        (f"{_WEB}/sessions.py:keep_session",),
        acts.SignedIn(NOW, WHO, "oidc"),
        (
            (sign_ins.end_sign_in, given.SIGN_IN.id_hash),
            (staff_suspensions.is_suspended, "u1", "r1"),
            (sign_ins.begin_sign_in, given.NEW_SIGN_IN),
        ),
    ),
    "a sign-out": Act(
        (f"{_WEB}/sessions.py:end_session",),
        acts.SignedOut(NOW, "u1", "user"),
        ((sign_ins.end_sign_in, given.SIGN_IN.id_hash),),
    ),
    "a sign-out by the provider": Act(
        (f"{_WEB}/back_channel.py:_end",),
        acts.ProviderSignedOut(NOW, "u1", "https://op", 1),
        (
            (logout_tokens.take_once, "f" * 64, LATER),
            (sign_ins.end_provider_sessions, ProviderSessions("https://op", "u1", "s1")),
        ),
    ),
    "a choice of role": Act(
        (f"{_WEB}/role_choice.py:_go_on",),
        acts.RoleChosen(NOW, WHO),
        (
            (sign_ins.end_sign_in, given.SIGN_IN.id_hash),
            (sign_ins.begin_sign_in, given.NEW_SIGN_IN),
        ),
    ),
    "a first policy": Act(
        (f"{_POLICY}/active.py:activate",),
        acts.PolicyActivated(NOW, "u1", "x" * 64, VERSION),
        (
            (policies.save_policy, policies.PolicyVersion("x" * 64, b"{}", NOW, "u1")),
            (policies.activate_policy, "x" * 64, NOW, 1),
        ),
    ),
    "the first administrators": Act(
        (f"{_POLICY}/bootstrap.py:begin",),
        acts.AdministratorsNamed(NOW, "tests", ("u1", "u2")),
        ((policy_drafts.name_first_administrators, ("u1", "u2"), NOW),),
    ),
    "a draft": Act(
        (f"{_POLICY}/administration.py:propose", _EFFECT),
        acts.PolicyProposed(NOW, "u1", _DECISION, VERSION, IDS[2], "x" * 64, None, "d" * 64),
        (
            (policy_drafts.administrators,),
            (policies.save_policy, policies.PolicyVersion("x" * 64, b"{}", NOW, "u1")),
            (policy_drafts.add_draft, given.NEW_DRAFT),
        ),
    ),
    "an approval": Act(
        (f"{_POLICY}/administration.py:approve", _EFFECT),
        acts.PolicyApproved(NOW, "u2", _DECISION, VERSION, given.DRAFT.id, "d" * 64),
        ((policy_drafts.approve_draft, given.DRAFT, "u2", NOW),),
    ),
    "an activation": Act(
        (
            *(f"{_POLICY}/administration.py:{name}" for name in ("activate", "_switch")),
            _EFFECT,
        ),
        acts.PolicyActivated(
            *(NOW, "u1", given.OTHER_VERSION, VERSION, given.APPROVED.id, _DECISION, VERSION)
        ),
        (
            (policy_drafts.use_draft, given.APPROVED, "u1", NOW),
            (policies.active_policy,),
            (policies.activate_policy, given.OTHER_VERSION, NOW, 1),
        ),
    ),
    "an agreement": Act(
        (f"{_ACCESS}/agreement_registry.py:add",),
        acts.AgreementAdded(
            *(NOW, "u1", "u2", "LDSA-2", "d" * 64, 2, ("health-records",), ("TREAT",)),
            *(EARLIER, LATER),
        ),
        (
            (agreements.add_agreement, given.NEW_AGREEMENT),
            (agreement_feeds.add_feeds, "LDSA-2", (given.FEED,)),
        ),
    ),
    "an agreement's end": Act(
        (f"{_ACCESS}/agreement_registry.py:end",),
        acts.AgreementEnded(NOW, "u1", "LDSA-1", NOW),
        ((agreements.end_agreement, "LDSA-1", NOW),),
    ),
    "a member of a team": Act(
        (f"{_ACCESS}/team_registry.py:add",),
        acts.TeamMemberAdded(NOW, "u9", "u2", "F84004", "t1", EARLIER, None),
        ((team_members.add_team_member, given.NEW_MEMBER),),
    ),
    "a member's leaving": Act(
        (f"{_ACCESS}/team_registry.py:end",),
        acts.TeamMemberEnded(NOW, "u9", "u1", "F84004", "t1", NOW),
        ((team_members.end_team_member, "F84004", "t1", "u1", NOW),),
    ),
    "a register of staff": Act(
        (f"{_ACCESS}/staff_register.py:_keep_one",),
        acts.StaffKnown(NOW, "u9", "F84004", 2),
        ((staff_members.replace_staff_members, "F84004", given.STAFF),),
    ),
    "other job roles": Act(
        ("gateway/job_role_record.py:_record",),
        acts.JobRolesChanged(NOW, "scr serve", "d" * 64, ("a row",)),
        ((job_roles.keep_digest, "d" * 64),),
    ),
    "an emergency's end": Act(
        (f"{_PATIENT}/emergencies.py:end",),
        acts.EmergencyEnded(NOW, "u1", PATIENT, _DECISION, given.GRANT.id),
        (
            (break_glass.end_grant, given.GRANT, NOW),
            (relationships.end_relationship, given.RELATIONSHIP.id, NOW),
        ),
    ),
    "a hold's release": Act(
        (f"{_PATIENT}/reviews.py:release",),
        acts.IdentityHoldReleased(NOW, "u1", PATIENT, _DECISION, IDS[6], _HOSPITAL),
        ((identity_holds.release_held, IDS[6], _HOSPITAL),),
    ),
    "a hold's rejection": Act(
        (f"{_PATIENT}/reviews.py:reject",),
        acts.IdentityHoldRejected(NOW, "u1", PATIENT, _DECISION, IDS[6], _HOSPITAL),
        ((identity_holds.reject_held, IDS[6], _HOSPITAL, NOW, "u1"),),
    ),
    "a safety event's review": Act(
        (f"{_PATIENT}/reviews.py:review_event",),
        acts.SafetyEventReviewed(NOW, "u1", PATIENT, _DECISION, given.EVENT.id),
        ((safety_events.review_safety_event, given.EVENT.id, NOW, "u1"),),
    ),
    "an alert's settling": Act(
        (f"{_PATIENT}/alert_reviews.py:settle",),
        acts.PrivacyAlertSettled(NOW, "u2", PATIENT, _DECISION, given.ALERT.id, "justified"),
        ((privacy_alerts.settle_privacy_alert, given.ALERT.id, AlertOutcome.JUSTIFIED, NOW, "u2"),),
    ),
    "a hit of the radar": Act(
        (f"{_PATIENT}/radar.py:_tell",),
        RadarAlertRaised(NOW, "radar", given.NEW_ALERT.id, "u1", ("own-record",), 1),
        (
            (privacy_alerts.raise_privacy_alert, given.NEW_ALERT),
            (add_radar_hits, [RadarHit(given.NEW_ALERT.id, "own-record", "why", 1)]),
        ),
    ),
    "a safety event and a hold": Act(
        (f"{_PATIENT}/suspicions.py:keep",),
        acts.SafetyEventRaised(NOW, "u1", PATIENT, IDS[8], "gp", _DOUBT),
        (
            (safety_events.record_safety_event, given.NEW_EVENT),
            (identity_holds.hold_identity, given.NEW_HOLD),
        ),
    ),
    "an answer to whether one may look": Act(
        (f"{_PATIENT}/permissions.py:_keep",),
        acts.PermissionRecorded(
            *(NOW, "u1", PATIENT, _DECISION, VERSION, given.NEW_PERMISSION.id, "yes"),
            *(None, None, LATER),
        ),
        ((view_permissions.keep_permission, given.NEW_PERMISSION),),
    ),
    "the breaking of the glass": Act(
        (_ALERTS,),
        acts.GlassBroken(
            *(NOW, "u1", PATIENT, _DECISION, VERSION, given.NEW_GRANT.id, "ETREAT", "risk-to-life"),
            *("why it is so", LATER, ("F84004",)),
        ),
        (
            (privacy_alerts.raise_privacy_alert, given.NEW_ALERT),
            (sign_ins.renew_sign_in, given.SIGN_IN.id_hash, given.NEW_SIGN_IN.id_hash),
            (break_glass.move_grants, given.SIGN_IN.id_hash, given.NEW_SIGN_IN.id_hash),
            (view_permissions.move_permissions, given.SIGN_IN.id_hash, given.NEW_SIGN_IN.id_hash),
            (relationships.add_relationships, (given.NEW_RELATIONSHIP,)),
            (break_glass.keep_grant, given.NEW_GRANT),
        ),
    ),
    "a claim": Act(
        (_ALERTS,),
        acts.RelationshipClaimed(
            *(
                NOW,
                "u1",
                PATIENT,
                _DECISION,
                VERSION,
                IDS[21],
                "other-care",
                "why it is so",
                LATER,
                ("A1",),
            ),
        ),
        (
            (privacy_alerts.raise_privacy_alert, given.NEW_ALERT),
            (relationships.add_relationships, (given.NEW_RELATIONSHIP,)),
            (
                claims.keep_claim,
                claims.Claim(
                    *(IDS[21], _DECISION, given.NEW_RELATIONSHIP.id, PATIENT, "u1"),
                    *(ClaimReason.OTHER_CARE, "why it is so", NOW, LATER),
                ),
            ),
        ),
    ),
    "a registry's relationships": Act(
        ("gateway/demo/preparation.py:import_registry",),
        acts.RelationshipsImported(NOW, "tests", "break-glass", 1),
        (
            (relationships.replace_relationships, "break-glass", (given.NEW_RELATIONSHIP,)),
            (objections.record_objection, given.OBJECTION),
        ),
    ),
    "a suspension": Act(
        (f"{_COMMANDS}/staff.py:_suspend",),
        acts.StaffSuspended(NOW, "scr", "u1", "*", "why"),
        (
            (
                staff_suspensions.suspend,
                staff_suspensions.StaffSuspension("u1", "*", NOW, "scr", "why"),
            ),
            (sign_ins.end_sign_ins_of, "u1", None),
        ),
    ),
    "a suspension's end": Act(
        (f"{_COMMANDS}/staff.py:_restore",),
        acts.StaffRestored(NOW, "scr", "u3", "*"),
        ((staff_suspensions.restore, "u3", "*"),),
    ),
    "a purge": Act(
        ("gateway/audit/retention.py:_purge",),
        acts.EntriesPurged(NOW, "scr", 2, LATER, "8 years"),
        ((purge, 1, 1),),
    ),
    "a log begun anew": Act(
        (f"{_COMMANDS}/audit_anew.py:_begin",), given.BEGUN_ANEW, ((set_back, 1, NOW),)
    ),
    **RELEASE_ACTS,
    **VAULT_ACTS,
}
