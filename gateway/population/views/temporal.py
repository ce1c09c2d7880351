"""Write how dates and times compare, and what a value of little precision may stand for at most.

A FHIR date is kept as its text: `1970-06` is no day. Two dates of which one is more precise are equal, earlier
or later only as far as both say so; else the answer is NULL, which is FHIRPath's empty.
Source: FHIRPath N1, 6.1.1 and 6.2 (Date, DateTime, Time); lowBoundary and highBoundary: FHIRPath 2.1, 5.8.
"""

from gateway.population.views.shapes import DECIMAL
from gateway.population.views.snippets import let, let_both

_DAY = len("2024-02-29")
_SECONDS = len("2024-02-29T23:59:59")
# As many digits before the point as DECIMAL has, and places for half of its last one.
_FINER = "DECIMAL(38, 18)"
_EARLIEST_ZONE, _LATEST_ZONE = "+14:00", "-12:00"


def compared(operator: str, left: str, right: str) -> str:
    """Write how two dates, with time or without, compare."""
    return let_both(left, right, lambda a, b: _compared(operator, a, b))


def compared_times(operator: str, left: str, right: str) -> str:
    """Write how two times of day compare: noughts behind the seconds make no difference."""
    return f"(CAST({left} AS TIME) {operator} CAST({right} AS TIME))"


def _compared(operator: str, left: str, right: str) -> str:
    both_timed = f"contains({left}, 'T') AND contains({right}, 'T')"
    moments = f"CAST({left} AS TIMESTAMPTZ) {operator} CAST({right} AS TIMESTAMPTZ)"
    shared = f"least(length({left}), length({right}), {_DAY})"
    said = [f"substr({each}, 1, {shared})" for each in (left, right)]
    return (
        f"(CASE WHEN {both_timed} THEN {moments} "
        f"WHEN {said[0]} <> {said[1]} THEN {said[0]} {operator} {said[1]} "
        f"WHEN length({left}) = length({right}) THEN {left} {operator} {right} END)"
    )


def boundary(kind: str, value: str, *, is_high: bool) -> str:
    """Write the first or the last moment that a date or time may stand for."""
    match kind:
        case "date":
            return let(value, lambda given: _last_day(given) if is_high else _first_day(given))
        case "time":
            return let(value, lambda given: _full_clock(given, is_high=is_high))
        case _:
            return let(value, lambda given: _moment(given, is_high=is_high))


def boundary_of_number(written: str, *, is_high: bool) -> str:
    """Write the least or the greatest number that is rounded to what is written."""
    return let(written, lambda given: _half_a_digit_from(given, "+" if is_high else "-"))


def _half_a_digit_from(written: str, sign: str) -> str:
    # A number may be written 1.5e-7: its last digit is then so many places further on.
    places = (
        f"(length(regexp_extract({written}, '\\.([0-9]+)', 1)) "
        f"- coalesce(try_cast(nullif(regexp_extract({written}, '[eE](.+)$', 1), '') AS INTEGER), 0))"
    )
    half = f"CAST(0.5 * pow(10.0, -{places}) AS {_FINER})"
    return f"CAST(CAST({written} AS {_FINER}) {sign} {half} AS {DECIMAL})"


def _first_day(given: str) -> str:
    return f"({given} || substr('0000-01-01', length({given}) + 1))"


def _last_day(given: str) -> str:
    return (
        f"(CASE length({given}) WHEN 4 THEN {given} || '-12-31' "
        f"WHEN 7 THEN strftime(last_day(CAST({given} || '-01' AS DATE)), '%Y-%m-%d') ELSE {given} END)"
    )


def _moment(given: str, *, is_high: bool) -> str:
    day = _last_day(given) if is_high else _first_day(given)
    clock, zone = ("23:59:59.999", _LATEST_ZONE) if is_high else ("00:00:00.000", _EARLIEST_ZONE)
    seconds, rest = f"substr({given}, 1, {_SECONDS})", f"substr({given}, {_SECONDS + 1})"
    fraction = f"regexp_extract({rest}, '^[.][0-9]+')"
    own_zone = f"regexp_extract({rest}, '(Z|[+-].*)$')"
    full = f"{seconds} || {_thousandths(fraction, is_high=is_high)} || {own_zone}"
    return f"(CASE WHEN contains({given}, 'T') THEN {full} ELSE {day} || 'T{clock}{zone}' END)"


def _full_clock(given: str, *, is_high: bool) -> str:
    fraction = f"substr({given}, 9)"
    return f"(substr({given}, 1, 8) || {_thousandths(fraction, is_high=is_high)})"


def _thousandths(fraction: str, *, is_high: bool) -> str:
    filling = ".999" if is_high else ".000"
    return f"({fraction} || substr('{filling}', length({fraction}) + 1))"
