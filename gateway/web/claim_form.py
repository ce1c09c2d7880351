"""Read the reason that somebody types to claim a relationship, or what is wrong with it; and say the reasons in words.

Judges no reason.
"""

from collections.abc import Mapping

from gateway.patient.pleas import ClaimPlea, read_claim_plea
from gateway.store.words import ClaimReason
from gateway.web.find_form import FieldError
from gateway.web.reason_form import CODE_FIELD, REASON_FIELD, reason_errors

CLAIM_REASON_WORDS: Mapping[ClaimReason, str] = {
    ClaimReason.REFERRAL_NOT_RECORDED: "A referral that is not recorded yet",
    ClaimReason.ATTENDANCE_NOT_RECORDED: "They are here now, and it is not recorded yet",
    ClaimReason.TRANSFER_OF_CARE: "Their care is being handed over to us",
    ClaimReason.ADVICE_ASKED_FOR: "A colleague has asked for advice on their care",
    ClaimReason.OTHER_CARE: "Other care",
}


def read_claim_form(fields: Mapping[str, str]) -> ClaimPlea | tuple[FieldError, ...]:
    """Read both fields, or name what is wrong with each."""
    errors = reason_errors(fields, ClaimReason, "Choose why the person is in your care")
    return errors or read_claim_plea(fields[CODE_FIELD], fields[REASON_FIELD])
