"""Say what no policy can allow, however its rows are written.

Decides nothing else: `decide` leaves such rows out, `lint` names them. Source: docs/decisions/0009, section 2, and 0008, section 6.
"""

from fhir_profiles.vocabulary import HARD_BARRED
from rbac.roles import NON_CARE_ROLES
from rbac.types import Act, Effect, Purpose, Rule

CARE_PURPOSES = frozenset({Purpose.TREAT, Purpose.ETREAT, Purpose.BTG})
"""Purposes for which one person's record may be shown."""

EMERGENCY_PURPOSES = frozenset({Purpose.ETREAT, Purpose.BTG})
"""Purposes that only break-glass opens."""

PATIENT_ACTS = frozenset({Act.VIEW, Act.SEARCH, Act.OPEN_DOCUMENT, Act.BREAK_GLASS})
"""Acts upon one person's record."""

ADMINISTRATION = frozenset({Act.EDIT_POLICY, Act.READ_AUDIT})
"""Acts of those who run the service."""


def shows_barred_label(rule: Rule) -> bool:
    """Tell whether a rule allows a label that nobody sees for any purpose."""
    return rule.effect is Effect.ALLOW and rule.label in HARD_BARRED


def shows_person_outside_care(rule: Rule) -> bool:
    """Tell whether a rule allows an act upon one person's record to a role or a purpose outside care."""
    is_outside_care = rule.role in NON_CARE_ROLES or rule.purpose not in CARE_PURPOSES
    return rule.effect is Effect.ALLOW and rule.act in PATIENT_ACTS and is_outside_care


def administers_in_care(rule: Rule) -> bool:
    """Tell whether a rule allows a care role to administer."""
    is_care_role = rule.role not in NON_CARE_ROLES
    return rule.effect is Effect.ALLOW and rule.act in ADMINISTRATION and is_care_role


def exports_in_care(rule: Rule) -> bool:
    """Tell whether a rule allows an export to a care role, or for care."""
    is_care = rule.role not in NON_CARE_ROLES or rule.purpose in CARE_PURPOSES
    return rule.effect is Effect.ALLOW and rule.act is Act.EXPORT and is_care


def is_barred(rule: Rule) -> bool:
    """Tell whether a rule allows what no policy can allow."""
    return (
        shows_barred_label(rule)
        or shows_person_outside_care(rule)
        or administers_in_care(rule)
        or exports_in_care(rule)
    )
