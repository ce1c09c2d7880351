"""Say from what the sources hold who is in a stay with whom: it founds a relationship while it lasts, and three days more.

Written from the rule in words (docs/decisions/0008, section 4), as the paper is, not from the gateway's code.
"""

from datetime import datetime, timedelta

from adapters.simulators.truth import Cohort, FactKind, SourceKind, Statement
from fhir_profiles.nhs_number import NhsNumber

LASTS_ON = timedelta(hours=72)
_BEGUN = frozenset({"arrived", "triaged", "in-progress", "onleave"})
_ASKED = frozenset({SourceKind.HOSPITAL, SourceKind.AMBULANCE})


def is_in_stay(cohort: Cohort, number: NhsNumber, organisation: str, at: datetime) -> bool:
    """Say whether somebody's stay or contact with an organisation goes on, or ended within three days."""
    return any(
        _goes_on(each, at)
        for each in cohort.statements.get(number, ())
        if each.organisation == organisation and _is_stay(each)
    )


def _is_stay(said: Statement) -> bool:
    return said.source in _ASKED and said.fact.kind is FactKind.ENCOUNTER and not said.is_retracted


def _goes_on(said: Statement, at: datetime) -> bool:
    status = said.detail.get("status")
    if said.starts_at > at:
        return False
    if said.ends_at is None or at < said.ends_at:
        return status in _BEGUN
    return at < said.ends_at + LASTS_ON and status in _BEGUN | {"finished"}
