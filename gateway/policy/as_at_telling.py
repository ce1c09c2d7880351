"""Lay out what somebody could have been shown at most as plain values, the same for the API and the command line.

Decides nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict

from gateway.audit.accesses import Access
from gateway.policy.as_at import AsAt, Possible, RoleThen
from gateway.policy.as_at_person import PersonThen
from gateway.policy.as_at_unknown import TOLD
from gateway.store.relationships import Relationship
from rbac.types import Level, Levels

Told = dict[str, object]

MEANING = (
    "What this member of staff could have been shown at most at that time. Less may have been shown: see what cannot be"
    " rebuilt. Where a purpose names what stood against it, nothing could be shown for it."
)


def told_as_at(found: AsAt) -> Told:
    """Lay out an answer."""
    return {
        "meaning": MEANING,
        "user": found.user_id,
        "at": found.at,
        "policy": None if found.policy is None else asdict(found.policy),
        "is_suspended": found.is_suspended,
        "roles": [_told_role(each) for each in found.roles],
        "teams": [asdict(each) for each in found.teams],
        "last_signed_in": found.last_signed_in,
        "last_signed_out": found.last_signed_out,
        "person": None if found.person is None else _told_person(found.person),
        "cannot_be_rebuilt": {each.value: TOLD[each] for each in found.unknown},
    }


def _told_role(role: RoleThen) -> Told:
    return {
        **asdict(role.who),
        "last_before": role.last_before,
        "first_after": role.first_after,
        "is_suspended": role.is_suspended,
        "could": {each.purpose.value: _told_possible(each) for each in role.possible},
    }


def _told_possible(possible: Possible) -> Told:
    return {
        "against": possible.against,
        "agreements": possible.agreements,
        "levels": _told_levels(possible.levels),
        "acts": sorted({act.value for act, _category in possible.levels.acts}),
        "levels_digest": possible.levels.digest,
    }


def _told_levels(levels: Levels) -> Mapping[str, Mapping[str, str]]:
    told: dict[str, dict[str, str]] = {}
    for (category, label), level in sorted(levels.view.items()):
        if level is not Level.NONE:
            told.setdefault(category.value, {})[label.value] = level.value
    return told


def _told_person(person: PersonThen) -> Told:
    return {
        "relationships": [_told_relationship(each) for each in person.relationships],
        "claims": [asdict(each) for each in person.claims],
        "emergencies": [asdict(each) for each in person.emergencies],
        "permission_to_view": [asdict(each) for each in person.answers],
        "shown_before": [_told_access(each) for each in person.before],
        "shown_after": [_told_access(each) for each in person.after],
    }


def _told_relationship(row: Relationship) -> Told:
    # Without the keyed hash, by which the same person could be known elsewhere.
    return {
        "organisation": row.organisation,
        "type": row.type,
        "team": row.team,
        "source": row.source,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
    }


def _told_access(access: Access) -> Told:
    question = access.question
    return {
        "at": access.at,
        "act": None if question is None else question.act,
        "purpose": None if question is None else question.purpose,
        "decision": None if question is None else question.reason,
        "policy_version": None if question is None else question.policy_version,
        "relationship": None if question is None else question.relationship,
        "is_shown": access.is_disclosed,
        "shown": access.shown,
        "entries": access.sequences,
    }
