"""Say the audit's closed words as the patient's statement says them: short, common words, to the person themselves.

Decides nothing. A word that stands in no table here is shown as it is kept, never left out. NHS content style guide:
written for a reading age of 9 to 11.
"""

from collections.abc import Mapping

from gateway.audit.words import AskedAct, AuditAction

TITLE = "Who has used your record"

PREFACE = (
    "This list shows each time that someone used your shared care record, or tried to.",
    "It also shows who asked for this list, and who checked how your record was used.",
    "The latest is first.",
    "Staff see only what their role and the rules let them see.",
    "Ask us if you do not know why someone looked, or if you think that they should not have.",
)
"""What the patient reads before the list."""

SEALED = (
    "Each entry has a number in our log.",
    "We seal the log every few seconds.",
    "Once an entry is sealed, no one can change it or take it out unseen.",
    "If you want this checked, ask us for the proof of an entry by its number.",
)
"""How a reader can have checked that nothing was changed."""

END = "This is the whole list, up to entry {last} of our log. The second entry of this list itself came after that."

ROLES: Mapping[str, str] = {
    "gp": "a GP",
    "gp_nurse": "a GP practice nurse",
    "practice_admin": "a desk worker at a GP practice",
    "ed_consultant": "a hospital doctor",
    "hospital_nurse": "a hospital nurse",
    "hospital_pharmacist": "a hospital pharmacist",
    "paramedic": "a paramedic",
    "amb_clinical_hub": "a nurse or doctor in the ambulance control room",
    "nhs111_clinician": "a nurse or doctor at NHS 111",
    "social_worker": "a social worker",
    "discharge_officer": "a hospital worker who plans how people go home",
    "care_home_nurse": "a care home nurse",
    "mh_practitioner": "a mental health worker",
    "student": "a student in a hospital",
    "care_home_carer": "a care home carer",
    "public_health_planner": "a worker who plans public health",
    "csp_violence_analyst": "a worker who helps to stop violence",
    "researcher": "a researcher",
    "ig_privacy_officer": "a privacy officer",
    "caldicott_guardian": "a Caldicott Guardian, who looks after how data is used",
    "policy_admin": "a worker who looks after the access rules",
    "system_auditor": "an auditor",
}

PURPOSES: Mapping[str | None, str] = {
    "TREAT": "to give you care",
    "ETREAT": "an emergency",
    "BTG": "an emergency that also needed the most private parts of your record",
    "PUBHLTH": "to look after public health",
    "HOPERAT": "to plan health services",
    "HRESCH": "to do research",
    "HSYSADMIN": "to check how records are used",
    None: "none that we accept",
}

RELATIONSHIPS: Mapping[str, str] = {
    "registered_gp": "You were registered with this GP practice.",
    "registered-gp": "You were registered with this GP practice.",
    "inpatient": "You were staying in this hospital.",
    "ed_attendance": "You had come to this emergency department.",
    "referral": "You had been referred to this service.",
    "ambulance_contact": "You had been in touch with the ambulance service.",
    "caseload": "You were on the list of people that this service cares for.",
    "self_claimed": "They had told us that they cared for you.",
    "contact": "You were in their care, or had been in the last three days.",
}

BY_TEAM = "-by-team"
IN_THE_TEAM = "They were in the team that this was about."

NO_OTHER_LINK = "We had no link between you and them on record."
"""What `self_claimed` means in an emergency: the emergency itself is all that the access rests on."""

PLEAS: Mapping[str, str] = {
    "risk-to-life": "your life was at risk",
    "cannot-be-asked": "you could not be asked, and your care could not wait",
    "urgent-unplanned-care": "you needed care at once that no one had planned",
    "risk-of-harm-to-others": "someone else might come to harm",
    "other-emergency": "there was some other emergency",
    "referral-not-recorded": "you had been referred to them, and it was not on record yet",
    "attendance-not-recorded": "you were with them, and it was not on record yet",
    "transfer-of-care": "your care was being handed over to them",
    "advice-asked-for": "they had been asked for advice on your care",
    "other-care": "they cared for you in some other way",
    "too-unwell": "you were too unwell to answer",
    "lacks-capacity": "you were not able to decide this at the time",
    "not-present": "you were not there, and your care could not wait",
    "other-reason": "there was some other reason",
}

REFUSALS: Mapping[str, str] = {
    "unknown-person": "We found no one with this NHS number.",
    "agreement-missing": "There was no agreement to share records with them.",
    "agreement-ended": "The agreement to share records with them had ended.",
    "agreement-not-started": "The agreement to share records with them had not started.",
    "no-role": "They had no role that we know.",
    "suspended": "Their access had been stopped.",
    "purpose-not-allowed": "Their role may not do this for this reason.",
    "break-glass-required": "They had not first told us of an emergency, or it was over.",
    "no-patient-access": "Their role may not see the record of a person.",
    "not-for-role": "Their role may not do this.",
    "no-relationship": "We found no link between you and them.",
    "already-related": "There was no need: a link between you and them was on record.",
    "too-many-claims": "They had told us this of too many people that day.",
    "sharing-restricted": "You had asked us not to share your record.",
    "permission-to-view-required": "They had not asked you first.",
    "permission-refused": "You had said no when you were asked.",
    "permission-not-asked-for": "People are not asked first where they work.",
    "check-failed": "We could not make all our checks.",
    "not-an-administrator": "They are not one of those who may do this.",
    "own-change": "It was about their own work.",
    "own-act": "It was about what they did themselves.",
    "guardian-needed": "A Caldicott Guardian had to agree first.",
    "second-person-needed": "Someone else had to agree first.",
    "out-of-scope": "The app that they used may not do this.",
    "not-the-launched": "The app that they used was opened for someone else.",
    "feed-not-agreed": "No agreement lets them have this.",
    "not-the-recipient": "It was not meant for where they work.",
    "ethics-missing": "No ethics board had said yes.",
    "ethics-ended": "What the ethics board had said yes to was over.",
    "too-many-re-identifications": "They had asked this of too many people that day.",
    "not-approved": "No one else had agreed, or it was used up.",
}

ANSWERS: Mapping[str | None, str] = {
    "yes": "The answer was yes.",
    "no": "The answer was no.",
    "unable": "They noted that you could not be asked.",
}

FINDINGS: Mapping[str | None, str] = {
    "justified": "They found that what was done was right.",
    "not-justified": "They found that what was done was not right.",
    "escalated": "They passed it on to be looked at further.",
}

KINDS: Mapping[str, tuple[str, str]] = {
    "encounters": ("visit", "visits"),
    "problems": ("health problem", "health problems"),
    "medications": ("medicine", "medicines"),
    "allergies": ("allergy", "allergies"),
    "results": ("test result", "test results"),
    "immunisations": ("vaccine", "vaccines"),
    "documents": ("letter or file", "letters or files"),
    "care-plans": ("care plan", "care plans"),
    "end-of-life": ("wish for the end of life", "wishes for the end of life"),
    "social-care": ("social care note", "social care notes"),
    "procedures": ("treatment", "treatments"),
    "appointments": ("date to be seen", "dates to be seen"),
    "alerts": ("alert", "alerts"),
    "privacy-alerts": ("privacy check", "privacy checks"),
    "identity-holds": ("blocked answer", "blocked answers"),
    "audit-entries": ("entry of our log", "entries of our log"),
}
"""One and many of a kind. Who somebody is has no count that says anything."""

WHO_YOU_ARE = "your name and details"
OTHER_PARTS = ("other part", "other parts")
"""What is of no category, such as the list that holds a consultation together."""

ACTS: Mapping[AskedAct, tuple[str, str]] = {
    AskedAct.VIEW: ("looked at your record", "look at your record"),
    AskedAct.SEARCH: ("searched your record", "search your record"),
    AskedAct.READ: ("read one part of your record", "read one part of your record"),
    AskedAct.ORIGINAL: (
        "read one part of your record as it was sent to us",
        "read one part of your record as it was sent to us",
    ),
    AskedAct.OPEN_DOCUMENT: (
        "opened a letter or file in your record",
        "open a letter or file in your record",
    ),
    AskedAct.FIND: ("looked you up", "look you up"),
    AskedAct.PAGE: ("went on to more of your record", "go on to more of your record"),
    AskedAct.REVIEW: (
        "looked into how your record was used or kept",
        "look into how your record was used or kept",
    ),
    AskedAct.SETTLE: ("closed a check on your record", "close a check on your record"),
    AskedAct.RELEASE: (
        "let us ask for data that we had blocked",
        "let us ask for data that we had blocked",
    ),
    AskedAct.REJECT: (
        "found that data we had blocked is not yours",
        "say that data we had blocked is not yours",
    ),
    AskedAct.BREAK_GLASS: (
        "told us of an emergency, so that they could see your record",
        "see your record in an emergency",
    ),
    AskedAct.END_EMERGENCY: (
        "told us that the emergency was over",
        "tell us that the emergency was over",
    ),
    AskedAct.CLAIM: ("told us that they cared for you", "tell us that they cared for you"),
    AskedAct.PERMISSION: (
        "noted what you said when they asked to see your record",
        "note what you said when they asked to see your record",
    ),
    AskedAct.RE_IDENTIFY: (
        "asked whose a record without a name is, and it is yours",
        "know whose a record without a name is, and it is yours",
    ),
    AskedAct.STATEMENT: ("read this list", "read this list"),
    AskedAct.READ_AUDIT: (
        "read what our log says of you",
        "read what our log says of you",
    ),
    AskedAct.AS_AT: (
        "checked what a member of staff could have seen of you at an earlier time",
        "check what a member of staff could have seen of you at an earlier time",
    ),
}
"""What somebody did, and what they asked to do where it did not happen. No other act is about a person."""

ANOTHER_ACT = ("did something else about you", "do something else about you")

EFFECTS: Mapping[AuditAction, str] = {
    AuditAction.GLASS_BROKEN: "",
    AuditAction.RELATIONSHIP_CLAIMED: "",
    AuditAction.PERMISSION_RECORDED: "",
    AuditAction.EMERGENCY_ENDED: "",
    AuditAction.PRIVACY_ALERT_SETTLED: "",
    AuditAction.IDENTITY_HOLD_RELEASED: "",
    AuditAction.IDENTITY_HOLD_REJECTED: "",
    AuditAction.SAFETY_EVENT_REVIEWED: "",
    AuditAction.SAFETY_EVENT_RAISED: (
        "We left out what one system sent, as it may be about someone else. Staff will check it."
    ),
}
"""What is said of an effect beyond its act; nothing where the act says it all."""
