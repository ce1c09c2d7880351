"""Name the closed words that the tables hold.

Does not say what follows from a word: `gateway/access` decides.
"""

from enum import StrEnum


class RelationshipType(StrEnum):
    """Why someone has to do with a person's care."""

    REGISTERED_GP = "registered_gp"
    INPATIENT = "inpatient"
    ED_ATTENDANCE = "ed_attendance"
    REFERRAL = "referral"
    AMBULANCE_CONTACT = "ambulance_contact"
    CASELOAD = "caseload"
    SELF_CLAIMED = "self_claimed"


class ObjectionExceptions(StrEnum):
    """Whether anything may open what a person has objected to sharing."""

    BREAK_GLASS = "break-glass"
    NONE = "none"
