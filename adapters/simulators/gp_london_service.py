"""Decide who answers a London structured-record request: which provider, for whom, on whose behalf.

Knows no HTTP. Follows London's FHIR service: exactly one primary provider, some for comparison only, each
active for a time; the first bundle that is not empty is the answer, and a provider that fails is only logged.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from adapters.simulators.faults import FaultKind, Faults
from adapters.simulators.gp_chart import open_chart
from adapters.simulators.gp_london_record import london_record
from adapters.simulators.gp_london_request import LondonAsked
from adapters.simulators.rendering import write
from adapters.simulators.truth import Cohort, Person
from fhir_profiles.nhs_number import NhsNumber


@dataclass(frozen=True, slots=True)
class Provider:
    """One supplier of GP records behind the service; `lacks` names people whom it does not hold."""

    name: str
    is_primary: bool = False
    is_for_comparison: bool = False
    active_from: datetime | None = None
    active_to: datetime | None = None
    is_failing: bool = False
    lacks: frozenset[NhsNumber] = frozenset()

    def is_active(self, at: datetime) -> bool:
        """Say whether the provider may be asked at a moment; the end is not included."""
        has_begun = self.active_from is None or self.active_from <= at
        return has_begun and (self.active_to is None or at < self.active_to)

    def can_give(self, number: NhsNumber) -> bool:
        """Say whether the provider works and holds a person."""
        return not self.is_failing and number not in self.lacks


class NoPrimaryProviderError(ValueError):
    """Say that the service is not set up with exactly one primary provider."""


@dataclass(frozen=True, slots=True)
class LondonRules:
    """How the service is set up: its providers, and for which practices the caller may ask (None: all).

    What it does with a birth date that is not the patient's is not published: `compares_birth_date` sets it.
    """

    providers: tuple[Provider, ...] = (Provider("primary", is_primary=True),)
    acts_for: frozenset[str] | None = None
    compares_birth_date: bool = True

    def __post_init__(self) -> None:
        if sum(provider.is_primary for provider in self.providers) != 1:
            raise NoPrimaryProviderError("Exactly one provider must be primary.")

    def asked_in_turn(self, at: datetime) -> list[Provider]:
        """Give the providers whose answers count at a moment, the primary one first."""
        counting = [p for p in self.providers if p.is_active(at) and not p.is_for_comparison]
        return sorted(counting, key=lambda provider: not provider.is_primary)


@dataclass(slots=True)
class LondonService:
    """The service at work; rendered records are kept for the life of the application."""

    cohort: Cohort
    faults: Faults
    rules: LondonRules
    _answers: dict[tuple[NhsNumber, bool], bytes] = field(default_factory=dict)

    def record(self, asked: LondonAsked, at: datetime) -> bytes | None:
        """Give the record that is asked for, or nothing: why is never said."""
        person = self.cohort.people.get(asked.number)
        if person is None or not self._may_be_given(person, asked):
            return None
        if not _first_that_gives(self.rules.asked_in_turn(at), person.nhs_number):
            return None
        if self.faults.active(FaultKind.WRONG_PATIENT):
            person = self._somebody_else(person)
        return self._rendered(person, asked, at)

    def _may_be_given(self, person: Person, asked: LondonAsked) -> bool:
        has_relationship = self.rules.acts_for is None or person.practice in self.rules.acts_for
        is_wanted = person.died_at is None or asked.wants_inactive
        is_compared = self.rules.compares_birth_date and asked.born_on is not None
        is_same_person = not is_compared or asked.born_on == person.born_on
        is_open = not person.is_restricted and "gp" not in person.objects_to
        return has_relationship and is_wanted and is_same_person and is_open

    def _rendered(self, person: Person, asked: LondonAsked, at: datetime) -> bytes:
        key = (person.nhs_number, asked.wants_demographics_only)
        if (known := self._answers.get(key)) is None:
            chart = open_chart(self.cohort, person, at.date(), "")
            record = london_record(chart, is_whole=not asked.wants_demographics_only)
            known = self._answers[key] = write(record)
        return known

    def _somebody_else(self, person: Person) -> Person:
        others = (p for p in self.cohort.people.values() if p.nhs_number != person.nhs_number)
        return next((p for p in others if p.died_at is None and not p.is_restricted), person)


def _first_that_gives(providers: Iterable[Provider], number: NhsNumber) -> Provider | None:
    return next((provider for provider in providers if provider.can_give(number)), None)
