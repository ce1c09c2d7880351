"""Choose which statements of a chart answer each asked area, by the parts of the request.

Renders nothing. Follows GP Connect 1.6, request parameters and secondary lists.
"""

from collections.abc import Callable, Iterable
from datetime import date

from adapters.simulators.gp_chart import Chart
from adapters.simulators.gp_parameters import Asked, Span
from adapters.simulators.gp_rules import Area
from adapters.simulators.truth import FactKind, Statement

AREA_OF: dict[FactKind, Area] = {
    FactKind.ALLERGY: Area.ALLERGIES,
    FactKind.MEDICATION: Area.MEDICATION,
    FactKind.PROBLEM: Area.PROBLEMS,
    FactKind.ENCOUNTER: Area.CONSULTATIONS,
    FactKind.IMMUNISATION: Area.IMMUNISATIONS,
    FactKind.RESULT: Area.INVESTIGATIONS,
    FactKind.VITAL_SIGN: Area.UNCATEGORISED,
    FactKind.PROCEDURE: Area.UNCATEGORISED,
    FactKind.CARE_PLAN: Area.UNCATEGORISED,
    FactKind.FLAG: Area.UNCATEGORISED,
    FactKind.REFERRAL: Area.REFERRALS,
    FactKind.APPOINTMENT: Area.DIARY,
}
"""Documents have no area: they come with the consultations and problems that they belong to."""

_PERIODS = {
    Area.CONSULTATIONS: "consultationSearchPeriod",
    Area.UNCATEGORISED: "uncategorisedDataSearchPeriod",
    Area.INVESTIGATIONS: "investigationSearchPeriod",
    Area.REFERRALS: "referralSearchPeriod",
}

Test = Callable[[Statement], bool]


def chosen(chart: Chart, asked: Asked, area: Area) -> list[Statement]:
    """Give the statements of an area's primary list, newest first."""
    passes = _test_of(asked, area)
    found = [s for s in chart.statements if AREA_OF.get(s.fact.kind) is area and passes(s)]
    newest_first = sorted(found, key=lambda s: (s.starts_at, s.local_id), reverse=True)
    most_recent = asked.part(area, "includeNumberOfMostRecent")
    return newest_first[:most_recent] if isinstance(most_recent, int) else newest_first


def within(chart: Chart, consultations: Iterable[Statement]) -> list[Statement]:
    """Give what was recorded in these consultations; ended allergies are listed elsewhere only."""
    keys = {consultation.fact.key for consultation in consultations}
    return [s for s in chart.statements if s.fact.encounter in keys and is_listed(s)]


def is_listed(statement: Statement) -> bool:
    """Say whether the structured record refers to it: not an ended allergy, nor a past appointment."""
    match statement.fact.kind:
        case FactKind.ALLERGY:
            return not is_ended(statement)
        case FactKind.APPOINTMENT:
            return statement.detail["status"] == "booked"
        case _:
            return True


def is_ended(statement: Statement) -> bool:
    """Say whether an allergy has ended."""
    return statement.detail["is_ended"] == "true"


def _test_of(asked: Asked, area: Area) -> Test:
    if (period := _PERIODS.get(area)) is not None:
        return _started_within(asked.part(area, period))
    match area:
        case Area.MEDICATION:
            return _taken_since(asked.part(area, "medicationSearchFromDate"))
        case Area.PROBLEMS:
            return _has_status(asked.part(area, "filterStatus"))
        case Area.IMMUNISATIONS:
            return _is_given(asked.part(area, "includeNotGiven"))
        case Area.DIARY:
            return _is_due_by(asked.part(area, "diaryEntriesSearchDate"))
        case _:
            return is_listed


def _taken_since(start: object) -> Test:
    if not isinstance(start, date):
        return lambda _: True
    return lambda s: s.ends_at is None or s.ends_at.date() >= start


def _started_within(span: object) -> Test:
    if not isinstance(span, Span):
        return lambda _: True
    return lambda s: span.covers(s.starts_at.date())


def _has_status(status: object) -> Test:
    if status is None:
        return lambda _: True
    return lambda s: (s.detail["status"] == "active") is (status == "active")


def _is_given(wants_not_given: object) -> Test:
    if wants_not_given is not False:
        return lambda _: True
    return lambda s: s.detail["status"] != "not-done"


def _is_due_by(last: object) -> Test:
    if not isinstance(last, date):
        return is_listed
    return lambda s: is_listed(s) and s.starts_at.date() <= last
