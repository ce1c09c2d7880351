"""Say what shape each kind of entry has as a FHIR AuditEvent: its type, what was done, and which details go with it.

Pure. A request has one event of the act itself: row B, or row A where it was refused. Row A of what was allowed is the
decision. docs/audit-events.md has the table in words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from gateway.audit import balp_codes as codes
from gateway.audit.balp_codes import Code
from gateway.audit.told import Told
from gateway.audit.words import AskedAct, AuditAction, Decision, DisclosureOutcome
from rbac.bars import EMERGENCY_PURPOSES


class ActKind(StrEnum):
    """What an act is in FHIR's words; `CHANGE` is neither a read nor a search."""

    READ = "read"
    SEARCH = "search"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Shape:
    """What an event is: `profile` is what BALP calls it, where it has a name for it.

    `client` and `server` are the parts that the application and this service play. `details` are the entry's fields
    that are told, in order; whatever somebody wrote in their own words is never among them.
    """

    type: Code
    subtypes: tuple[Code, ...]
    action: str
    details: tuple[str, ...]
    profile: str | None = None
    client: Code | None = codes.SOURCE
    server: Code = codes.DESTINATION


_RECORD_ACTS = (
    *(AskedAct.VIEW, AskedAct.READ, AskedAct.ORIGINAL, AskedAct.OPEN_DOCUMENT, AskedAct.PAGE),
    *(AskedAct.REVIEW, AskedAct.READ_POLICY, AskedAct.EXPLAIN, AskedAct.OWN_EMERGENCIES),
    *(AskedAct.READ_AUDIT, AskedAct.STATEMENT, AskedAct.AS_AT, AskedAct.RE_IDENTIFY),
)
_SEARCHES = (AskedAct.SEARCH, AskedAct.FIND)
_CHANGES = (
    *(AskedAct.SETTLE, AskedAct.RELEASE, AskedAct.REJECT),
    *(AskedAct.PROPOSE_POLICY, AskedAct.APPROVE_POLICY, AskedAct.ACTIVATE_POLICY),
    *(AskedAct.ROLL_BACK_POLICY, AskedAct.BREAK_GLASS, AskedAct.END_EMERGENCY),
    *(AskedAct.CLAIM, AskedAct.PERMISSION, AskedAct.AGREE_TO_RE_IDENTIFY),
)
KIND_OF_ACT: Mapping[AskedAct, ActKind] = MappingProxyType(
    {
        **dict.fromkeys(_RECORD_ACTS, ActKind.READ),
        **dict.fromkeys(_SEARCHES, ActKind.SEARCH),
        **dict.fromkeys(_CHANGES, ActKind.CHANGE),
    }
)

_DECISION_DETAILS = (
    *("decision_id", "act", "decision", "reason", "policy_version"),
    *("relationship", "levels", "agreements"),
)
_SHOWN_DETAILS = ("decision_id", "outcome", "shown", "withheld", "sources")

_READ = Shape(
    type=codes.REST,
    subtypes=(codes.READ,),
    action="R",
    details=_SHOWN_DETAILS,
    client=codes.DESTINATION,
    server=codes.SOURCE,
)
_SEARCH = Shape(codes.REST, (codes.SEARCH,), "E", _SHOWN_DETAILS)
_DECISION = Shape(
    type=codes.SECURITY_ALERT,
    subtypes=(codes.BY_ROLE,),
    action="E",
    details=_DECISION_DETAILS,
    client=None,
    server=codes.AUTHORISER,
)


def _security(subtype: Code | None, action: str, *details: str) -> Shape:
    subtypes = () if subtype is None else (subtype,)
    return Shape(codes.SECURITY_ALERT, subtypes, action, details)


def _session(subtype: Code | None, *details: str) -> Shape:
    subtypes = () if subtype is None else (subtype,)
    return Shape(codes.USER_AUTHENTICATION, subtypes, "E", details)


_TEAM = ("organisation", "team", "starts_at", "ends_at")
_DRAFT = ("decision_id", "decided_under", "draft", "version", "previous", "digest")
_RELEASE = ("release", "project", "recipient", "dataset", "agreement", "digest")
_HOLD = ("decision_id", "held_under", "source")
_CODED = ("decision_id", "decided_under", "reidentification")
_OWN_WORD = ("decision_id", "decided_under", "reason_code", "ends_at", "tell")

SHAPES: Mapping[AuditAction, Shape] = MappingProxyType(
    {
        AuditAction.ASKED: _DECISION,
        AuditAction.DISCLOSED: _READ,
        AuditAction.SIGNED_IN: _session(codes.LOGIN, "method"),
        AuditAction.SIGN_IN_FAILED: _session(codes.LOGIN, "reason"),
        AuditAction.SIGNED_OUT: _session(codes.LOGOUT, "reason"),
        AuditAction.CALLER_REFUSED: _security(codes.RESTRICTED_FUNCTION, "E", "reason"),
        AuditAction.STAFF_SUSPENDED: _security(codes.USER_SECURITY_CHANGED, "U", "role_profile_id"),
        AuditAction.STAFF_RESTORED: _security(codes.USER_SECURITY_CHANGED, "U", "role_profile_id"),
        AuditAction.STAFF_KNOWN: _security(
            codes.USER_SECURITY_CHANGED, "U", "organisation", "count"
        ),
        AuditAction.TEAM_MEMBER_ADDED: _security(codes.USER_SECURITY_CHANGED, "C", *_TEAM),
        AuditAction.TEAM_MEMBER_ENDED: _security(codes.USER_SECURITY_CHANGED, "U", *_TEAM),
        AuditAction.PROVIDER_SIGNED_OUT: _session(codes.LOGOUT, "issuer", "sessions"),
        AuditAction.ROLE_CHOSEN: _session(None),
        AuditAction.JOB_ROLES_CHANGED: _security(codes.ROLES_CHANGED, "U", "digest", "rows"),
        AuditAction.ADMINISTRATORS_NAMED: _security(codes.ROLES_CHANGED, "C", "administrators"),
        AuditAction.POLICY_PROPOSED: _security(
            codes.SECURITY_CONFIGURATION, "C", *_DRAFT, "administrators"
        ),
        AuditAction.POLICY_APPROVED: _security(codes.SECURITY_CONFIGURATION, "U", *_DRAFT),
        AuditAction.POLICY_ACTIVATED: _security(codes.SECURITY_CONFIGURATION, "U", *_DRAFT),
        AuditAction.RELATIONSHIPS_IMPORTED: Shape(codes.IMPORT, (), "C", ("source", "count")),
        AuditAction.AGREEMENT_ADDED: _security(
            codes.SECURITY_CONFIGURATION,
            "C",
            *("agreement", "checked_by", "digest", "parties", "items", "purposes"),
            *("starts_at", "ends_at", "feeds"),
        ),
        AuditAction.AGREEMENT_ENDED: _security(
            codes.SECURITY_CONFIGURATION, "U", "agreement", "ends_at"
        ),
        AuditAction.VAULT_FILLED: Shape(codes.IMPORT, (), "C", ("people", "epoch")),
        AuditAction.VAULT_OPENED: _security(codes.RESTRICTED_FUNCTION, "E", "why", "decision_id"),
        AuditAction.REIDENTIFICATION_ASKED: _security(
            codes.RESTRICTED_FUNCTION,
            "C",
            *_CODED,
            *("project", "recipient", "epoch", "reason_code", "ends_at"),
        ),
        AuditAction.REIDENTIFICATION_SETTLED: _security(
            codes.RESTRICTED_FUNCTION, "U", *_CODED, "outcome"
        ),
        AuditAction.SAFETY_EVENT_RAISED: _security(None, "C", "decision_id", "source", "reason"),
        AuditAction.SAFETY_EVENT_REVIEWED: _security(None, "U", "decision_id", "safety_event"),
        AuditAction.IDENTITY_HOLD_RELEASED: _security(codes.OBJECT_SECURITY_CHANGED, "U", *_HOLD),
        AuditAction.IDENTITY_HOLD_REJECTED: _security(codes.OBJECT_SECURITY_CHANGED, "U", *_HOLD),
        AuditAction.GLASS_BROKEN: _security(
            codes.OVERRIDE_STARTED, "E", "grant", "step", *_OWN_WORD
        ),
        AuditAction.EMERGENCY_ENDED: _security(codes.OVERRIDE_STOPPED, "E", "decision_id", "grant"),
        AuditAction.RADAR_ALERT_RAISED: _security(None, "C", "alert", "rules", "accesses"),
        AuditAction.PRIVACY_ALERT_SETTLED: _security(None, "U", "decision_id", "alert", "outcome"),
        AuditAction.RELATIONSHIP_CLAIMED: _security(
            codes.OBJECT_SECURITY_CHANGED, "C", "claim", *_OWN_WORD
        ),
        AuditAction.PERMISSION_RECORDED: _security(
            codes.OBJECT_SECURITY_CHANGED, "C", "permission", "answer", *_OWN_WORD
        ),
        AuditAction.AUDIT_EXPORTED: Shape(codes.EXPORT, (), "R", ("entries", "only")),
        AuditAction.ENTRIES_PURGED: _security(None, "D", "through", "recorded_before", "rule"),
        AuditAction.LOG_BEGUN_ANEW: _security(
            None, "E", "origin", "former_origin", "former_size", "first_lost", "proven", "kept"
        ),
        AuditAction.PULL_BEGUN: Shape(
            codes.IMPORT, (), "C", ("source", "dataset", "project", "agreement")
        ),
        AuditAction.PULL_ENDED: Shape(codes.IMPORT, (), "U", ("source", "outcome", "pull")),
        AuditAction.RELEASE_REQUESTED: _security(None, "C", *_RELEASE),
        AuditAction.RELEASE_APPROVED: _security(None, "U", *_RELEASE),
        AuditAction.RELEASE_BEGUN: _security(None, "U", "release", "generation", "epoch"),
        AuditAction.RELEASE_PUBLISHED: Shape(
            codes.EXPORT, (), "C", ("release", "manifest_sha256", "expires_at")
        ),
        AuditAction.RELEASE_ENDED: _security(None, "D", "release", "state"),
        AuditAction.RELEASE_FETCHED: Shape(codes.EXPORT, (), "R", ("release", "file")),
    }
)
"""The shape of each kind of entry; those of the two rows of a request follow from the act as well."""


def shape_of(told: Told) -> Shape:
    """Say what an entry is as an event."""
    match told.entry.action:
        case AuditAction.ASKED if told.fields["decision"] == Decision.REFUSED:
            return replace(_attempt(told), details=_DECISION_DETAILS)
        case AuditAction.DISCLOSED:
            return _act(told)
        case action:
            return SHAPES[action]


def act_kind(told: Told) -> ActKind:
    """Say what kind of act an entry is about; a reading where nothing tells, or where a later version named the act."""
    return KIND_OF_ACT.get(told.asked.get("act", ""), ActKind.READ)


def _attempt(told: Told) -> Shape:
    match act_kind(told):
        case ActKind.READ:
            return _READ
        case ActKind.SEARCH:
            return _SEARCH
        case ActKind.CHANGE:
            return _DECISION
        case kind:
            assert_never(kind)


def _act(told: Told) -> Shape:
    is_shown = told.fields["outcome"] == DisclosureOutcome.DISCLOSED
    shape = _SEARCH if act_kind(told) is ActKind.SEARCH else _READ
    if not is_shown:
        return shape
    if told.entry.patient is None:
        # A search that names no one person and may have found several has no profile of its own.
        return shape if shape is _SEARCH else replace(_READ, profile=codes.BASIC_READ)
    if told.asked.get("purpose") in EMERGENCY_PURPOSES:
        return _disclosure(shape)
    profile = codes.PATIENT_QUERY if shape is _SEARCH else codes.PATIENT_READ
    return replace(shape, profile=profile)


def _disclosure(shape: Shape) -> Shape:
    # What was opened in an emergency rests on the reader's word: it is what a person is to be told of first.
    return replace(
        _READ,
        type=codes.EXPORT,
        subtypes=(codes.DISCLOSE, *shape.subtypes),
        profile=codes.DISCLOSURE_AT_SOURCE,
    )
