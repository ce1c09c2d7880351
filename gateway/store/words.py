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


class DataItem(StrEnum):
    """Data items of the London Data Sharing Agreement; `gateway/access/data_items.py` says what each is here."""

    NAME_CONTACT_AGE = "name-contact-age"
    EQUALITIES = "equalities"
    HEALTH_RECORDS = "health-records"
    SEX_LIFE = "sex-life"
    SOCIAL_SERVICES = "social-services"
    HOUSING = "housing"
    CRIMINAL_MATTERS = "criminal-matters"
    EDUCATION_WORK_MONEY = "education-work-money"
    IMAGES = "images"


class ObjectionExceptions(StrEnum):
    """Whether anything may open what a person has objected to sharing."""

    BREAK_GLASS = "break-glass"
    NONE = "none"


class EmergencyReason(StrEnum):
    """Why the glass is broken. Judgement, to be approved by a Caldicott Guardian."""

    RISK_TO_LIFE = "risk-to-life"
    CANNOT_BE_ASKED = "cannot-be-asked"
    URGENT_UNPLANNED_CARE = "urgent-unplanned-care"
    RISK_OF_HARM_TO_OTHERS = "risk-of-harm-to-others"
    OTHER_EMERGENCY = "other-emergency"


class ClaimReason(StrEnum):
    """Why somebody claims a relationship. Judgement, to be approved by a Caldicott Guardian."""

    REFERRAL_NOT_RECORDED = "referral-not-recorded"
    ATTENDANCE_NOT_RECORDED = "attendance-not-recorded"
    TRANSFER_OF_CARE = "transfer-of-care"
    ADVICE_ASKED_FOR = "advice-asked-for"
    OTHER_CARE = "other-care"


class AlertKind(StrEnum):
    """What a privacy officer is told of."""

    BREAK_GLASS = "break-glass"
    SELF_CLAIM = "self-claim"
    UNAUTHORISED_ATTEMPT = "unauthorised-attempt"
    RESTRICTED_PERSON = "restricted-person"
    RADAR = "radar"


class AlertOutcome(StrEnum):
    """What a privacy officer found."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not-justified"
    ESCALATED = "escalated"


class ReidentificationReason(StrEnum):
    """Why somebody must know whose a coded record is. Judgement, to be approved by a Caldicott Guardian."""

    CARE_TO_BE_OFFERED = "care-to-be-offered"
    RISK_FOUND = "risk-found"
    ERROR_TO_BE_CORRECTED = "error-to-be-corrected"


class ReidentificationEnd(StrEnum):
    """What became of asking whose a coded record is."""

    DECLINED = "declined"
    USED = "used"
    EXPIRED = "expired"


class PermissionAnswer(StrEnum):
    """What a person answered when asked whether their record may be viewed."""

    YES = "yes"
    UNABLE = "unable"
    NO = "no"


class UnableReason(StrEnum):
    """Why a person could not be asked. Judgement, to be approved by a Caldicott Guardian."""

    TOO_UNWELL = "too-unwell"
    LACKS_CAPACITY = "lacks-capacity"
    NOT_PRESENT = "not-present"
    OTHER_REASON = "other-reason"


class ReleaseState(StrEnum):
    """How far a release of the planning side is; docs/decisions/0036 draws which follows which."""

    REQUESTED = "requested"
    APPROVED = "approved"
    RUNNING = "running"
    PUBLISHED = "published"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RECALLED = "recalled"
    DESTROYED = "destroyed"
