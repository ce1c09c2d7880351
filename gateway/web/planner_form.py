"""Read what a planner typed to ask for a release, and say field by field what is wrong with it.

Judges no purpose. What a request must say, `gateway/population/releases/requests.py` decides; wording of errors: NHS service manual.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from gateway.access.feeding import FEED_PURPOSES
from gateway.population.releases.requests import Wanted, faults_of_wanted
from gateway.web.find_form import FieldError
from rbac.types import Purpose

LINES = frozenset({"purpose", "legal_basis", "setting"})
"""Fields that are longer than most; one line each all the same."""

_DAY = "ends_day"
_FIELDS = {
    "Purpose": "purpose",
    "Legal basis": "legal_basis",
    "Agreement": "agreement",
    "Setting": "setting",
}
_NOT_SAID = {
    "project": "Enter the project, as your agreement names it",
    "agreement": "Enter the agreement that it rests on",
    _DAY: "Enter the agreement’s last day, such as 31 3 2027",
    "purpose_of_use": "Choose what it is used for",
    "purpose": "Say what it is for",
    "legal_basis": "Say by which law",
    "setting": "Say where it is kept and used",
}
"""What to do about each field that does not say what it must, in the order of the form."""

_WORDS = ("project", "agreement", "purpose", "legal_basis", "setting")
_NUMBER = re.compile(r"[0-9]{1,4}")
_YEAR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for whatever is typed: which dataset, and for whom; and what may be asked for at all."""

    dataset: str
    recipient: str
    datasets: frozenset[str]
    now: datetime


def read_request_form(fields: Mapping[str, str], asking: Asking) -> Wanted | tuple[FieldError, ...]:
    """Read the form."""
    typed = {name: value.strip() for name, value in fields.items()}
    use, ends_on = typed.get("purpose_of_use", ""), _date(typed)
    is_said = {
        **{name: bool(typed.get(name)) for name in _WORDS},
        _DAY: ends_on is not None,
        "purpose_of_use": use in sorted(FEED_PURPOSES),
    }
    errors = tuple(FieldError(name, said) for name, said in _NOT_SAID.items() if not is_said[name])
    if errors or ends_on is None:
        return errors
    words = {name: typed[name] for name in _WORDS}
    named = {"recipient": asking.recipient, "dataset": asking.dataset}
    wanted = Wanted(**named, **words, purpose_of_use=Purpose(use), ends_on=ends_on)
    return tuple(_faults(wanted, asking)) or wanted


def _faults(wanted: Wanted, asking: Asking) -> Iterator[FieldError]:
    for fault in faults_of_wanted(wanted, asking.datasets, asking.now):
        about = (field for word, field in _FIELDS.items() if fault.startswith(f"{word} "))
        is_of_dates = fault.endswith(("has ended.", "so long."))
        yield FieldError(next(about, _DAY if is_of_dates else "project"), fault.rstrip("."))


def _date(typed: Mapping[str, str]) -> date | None:
    parts = [typed.get(name, "") for name in ("ends_year", "ends_month", _DAY)]
    if not all(map(_NUMBER.fullmatch, parts)) or len(parts[0]) != _YEAR_DIGITS:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
