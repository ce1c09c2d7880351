"""Read the reason that somebody types to break the glass, or what is wrong with it.

Judges no reason.
"""

from collections.abc import Mapping

from gateway.patient.pleas import Plea, read_plea
from gateway.store.words import EmergencyReason
from gateway.web.find_form import FieldError
from gateway.web.reason_form import CODE_FIELD, REASON_FIELD, reason_errors


def read_break_glass_form(fields: Mapping[str, str]) -> Plea | tuple[FieldError, ...]:
    """Read both fields, or name what is wrong with each."""
    errors = reason_errors(fields, EmergencyReason, "Choose why you need emergency access")
    return errors or read_plea(fields[CODE_FIELD], fields[REASON_FIELD])
