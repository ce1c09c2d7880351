"""Serve published GP Connect records, each for the one person whom the table gives it to.

A record is served whole, whichever areas are asked for, and as published but for the NHS number: so lists,
warnings and faults are the publishers' own. Follows GP Connect 1.6 (FHIR STU3).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.applications import Starlette

from adapters.simulators.faults import FaultKind, Faults
from adapters.simulators.gp import app_of
from adapters.simulators.gp_parameters import Asked
from adapters.simulators.gp_practices import Visit
from adapters.simulators.gp_refusals import Refusal, patient_not_found
from adapters.simulators.people import DEMO_PRACTICE
from adapters.simulators.published.patients import with_number_everywhere
from adapters.simulators.published.people import World
from adapters.simulators.truth import Statement
from fhir_profiles.nhs_number import NhsNumber


def create_app(world: World, faults: Faults, *, now: Callable[[], datetime]) -> Starlette:
    """Make the application; the demo's own practice holds every record."""
    return app_of(_Practice(world, faults), faults, now)


@dataclass(slots=True)
class _Practice:
    """The one practice of the published people."""

    world: World
    faults: Faults
    _answers: dict[NhsNumber, bytes] = field(default_factory=dict)

    def has(self, practice: str) -> bool:
        """Say whether there is such a practice."""
        return practice == DEMO_PRACTICE

    def refuse_person(self, practice: str, number: NhsNumber) -> Refusal | None:  # noqa: ARG002
        """Refuse whoever has no published GP record."""
        row = self.world.rows.get(number)
        return patient_not_found() if row is None or row.gp is None else None

    def record(self, visit: Visit, asked: Asked) -> bytes:  # noqa: ARG002
        """Give the record; under the fault, somebody else's."""
        number = asked.number
        if self.faults.active(FaultKind.WRONG_PATIENT):
            others = (row.number for row in self.world.rows.values() if row.gp)
            number = next((other for other in others if other != number), number)
        if number not in self._answers:
            self._answers[number] = self._with_its_number(number)
        return self._answers[number]

    def document(self, local_id: str) -> Statement | None:  # noqa: ARG002
        """Find nothing: the records were published without their documents."""
        return None

    def _with_its_number(self, number: NhsNumber) -> bytes:
        file = self.world.rows[number].gp
        assert file is not None
        return with_number_everywhere(self.world.samples.read(file), number)
