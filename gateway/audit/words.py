"""Name the kinds of entry that the audit keeps, and the closed words in them.

Writes nothing.
"""

from enum import StrEnum


class AuditAction(StrEnum):
    """Every kind of entry; each is described in docs/audit.md."""

    ASKED = "asked"
    DISCLOSED = "disclosed"
    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGNED_OUT = "signed-out"
    CALLER_REFUSED = "caller-refused"
    STAFF_SUSPENDED = "staff-suspended"
    STAFF_RESTORED = "staff-restored"
    STAFF_KNOWN = "staff-known"
    TEAM_MEMBER_ADDED = "team-member-added"
    TEAM_MEMBER_ENDED = "team-member-ended"
    PROVIDER_SIGNED_OUT = "provider-signed-out"
    ROLE_CHOSEN = "role-chosen"
    JOB_ROLES_CHANGED = "job-roles-changed"
    ADMINISTRATORS_NAMED = "administrators-named"
    POLICY_PROPOSED = "policy-proposed"
    POLICY_APPROVED = "policy-approved"
    POLICY_ACTIVATED = "policy-activated"
    RELATIONSHIPS_IMPORTED = "relationships-imported"
    AGREEMENT_ADDED = "agreement-added"
    AGREEMENT_ENDED = "agreement-ended"
    VAULT_FILLED = "vault-filled"
    VAULT_OPENED = "vault-opened"
    REIDENTIFICATION_ASKED = "re-identification-asked"
    REIDENTIFICATION_SETTLED = "re-identification-settled"
    SAFETY_EVENT_RAISED = "safety-event-raised"
    SAFETY_EVENT_REVIEWED = "safety-event-reviewed"
    IDENTITY_HOLD_RELEASED = "identity-hold-released"
    IDENTITY_HOLD_REJECTED = "identity-hold-rejected"
    GLASS_BROKEN = "glass-broken"
    EMERGENCY_ENDED = "emergency-ended"
    RADAR_ALERT_RAISED = "radar-alert-raised"
    PRIVACY_ALERT_SETTLED = "privacy-alert-settled"
    RELATIONSHIP_CLAIMED = "relationship-claimed"
    PERMISSION_RECORDED = "permission-recorded"
    AUDIT_EXPORTED = "audit-exported"
    ENTRIES_PURGED = "entries-purged"
    LOG_BEGUN_ANEW = "log-begun-anew"
    PULL_BEGUN = "pull-begun"
    PULL_ENDED = "pull-ended"
    RELEASE_REQUESTED = "release-requested"
    RELEASE_APPROVED = "release-approved"
    RELEASE_BEGUN = "release-begun"
    RELEASE_PUBLISHED = "release-published"
    RELEASE_ENDED = "release-ended"
    RELEASE_FETCHED = "release-fetched"


class AskedAct(StrEnum):
    """What was asked for."""

    VIEW = "view"
    SEARCH = "search"
    READ = "read"
    ORIGINAL = "original"
    OPEN_DOCUMENT = "open-document"
    FIND = "find"
    PAGE = "page"
    REVIEW = "review"
    SETTLE = "settle"
    RELEASE = "release"
    REJECT = "reject"
    READ_POLICY = "read-policy"
    PROPOSE_POLICY = "propose-policy"
    APPROVE_POLICY = "approve-policy"
    ACTIVATE_POLICY = "activate-policy"
    ROLL_BACK_POLICY = "roll-back-policy"
    EXPLAIN = "explain"
    BREAK_GLASS = "break-glass"
    OWN_EMERGENCIES = "own-emergencies"
    END_EMERGENCY = "end-emergency"
    CLAIM = "claim"
    PERMISSION = "permission"
    READ_AUDIT = "read-audit"
    STATEMENT = "statement"
    AS_AT = "as-at"
    RE_IDENTIFY = "re-identify"
    AGREE_TO_RE_IDENTIFY = "agree-to-re-identify"


class Decision(StrEnum):
    """Whether it was allowed."""

    ALLOWED = "allowed"
    REFUSED = "refused"


class DisclosureOutcome(StrEnum):
    """What became of an allowed request."""

    DISCLOSED = "disclosed"
    NOTHING = "nothing"
    ABORTED = "aborted"


class Mark(StrEnum):
    """What the caller is to the person asked about."""

    OWN_RECORD = "own-record"
    SAME_HOUSEHOLD = "same-household"
    SAME_SURNAME = "same-surname"
    COLLEAGUE = "colleague"
