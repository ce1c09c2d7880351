"""Say what the demo's world is made of: how many people, of which seed, at which moment.

Starts nothing. Simulators in different processes agree because they make the same cohort.
"""

from dataclasses import dataclass
from datetime import datetime

from adapters.simulators.cohort import make_cohort
from adapters.simulators.showcases import SHOWCASE_CARE
from adapters.simulators.truth import Cohort

PEOPLE = 200
SEED = 1
NAMED = len(SHOWCASE_CARE)
"""People who each show one thing are always there, so there are never fewer."""


@dataclass(frozen=True, slots=True)
class Invention:
    """Which cohort is made up; all times in it are relative to `at`."""

    seed: int
    people: int
    at: datetime

    def cohort(self) -> Cohort:
        """Make the cohort up."""
        return make_cohort(self.seed, self.people, self.at)


def beginning_of_hour(now: datetime) -> datetime:
    """Give the moment that the cohort counts as now, the same for simulators started one by one."""
    return now.replace(minute=0, second=0, microsecond=0)
