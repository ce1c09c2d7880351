"""Let the demo's invented staff work: who they are, what the radar must know of them, and days of their requests.

Invents nothing itself: `adapters/simulators/traffic` does.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from adapters.simulators.demo_users import DemoUser
from adapters.simulators.traffic.driving import Driver
from adapters.simulators.traffic.driving import Places as Places
from adapters.simulators.traffic.plan import Traffic, make_traffic
from adapters.simulators.traffic.plan import Wanted as Wanted
from adapters.simulators.traffic.staff import StaffMember, make_staff
from adapters.simulators.traffic.visits import truth_of
from adapters.simulators.truth import Cohort
from gateway.access.staff_register import KnownAbout


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: how many requests of each HTTP status (0: nobody was found to ask about), and of snooping."""

    statuses: Mapping[int, int]
    snooping: int


def staff_in(cohort: Cohort) -> tuple[StaffMember, ...]:
    """Give the staff of a demo's cohort."""
    return make_staff(cohort, cohort.seed)


def users_in(cohort: Cohort) -> Mapping[str, DemoUser]:
    """Give the staff as the identity provider knows them, by user name."""
    return {each.username: each.user for each in staff_in(cohort)}


def known_in(cohort: Cohort) -> tuple[KnownAbout, ...]:
    """Give what the employers of the staff would say of them."""
    return tuple(
        KnownAbout(
            each.organisation, each.user.user_id, each.own_number, each.postcode, each.address_line
        )
        for each in staff_in(cohort)
    )


def traffic_in(cohort: Cohort, wanted: Wanted) -> Traffic:
    """Lay out the traffic of a demo's staff.

    Raises ValueError for a share of snooping or days that cannot be.
    """
    return make_traffic(cohort, staff_in(cohort), wanted)


def send(traffic: Traffic, cohort: Cohort, places: Places) -> Outcome:
    """Send all of it, at once and at the clock of the day.

    Raises httpx2.HTTPError when gateway or identity provider do not answer.
    """
    driver = Driver(places, cohort, _no_clock_to_turn)
    with driver.client:
        statuses = Counter(sent.status for sent in driver.drive(traffic))
    kinds = truth_of(traffic.visits).values()
    return Outcome(dict(sorted(statuses.items())), sum(kind is not None for kind in kinds))


def write_truth(traffic: Traffic, path: Path) -> None:
    """Write what each request truly is, one JSON object a line, by the request's id."""
    lines = (
        orjson.dumps({"request_id": name, "snooping": kind})
        for name, kind in truth_of(traffic.visits).items()
    )
    path.write_bytes(b"\n".join(lines) + b"\n")


def _no_clock_to_turn(_instant: datetime) -> None: ...
