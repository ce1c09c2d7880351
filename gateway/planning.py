"""Open what pulls and releases share of a deployment's planning side: its areas, its permits, its keyring's place.

Holds no rule. Beside gateway/wiring.py, for commands and routes of the planning side alone.
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from gateway.access.agreement_registry import StoredAgreements
from gateway.access.feeding import FeedAccess
from gateway.access.staff import StoredStaff
from gateway.planning_keys import Held, KeyringPlace
from gateway.policy.active import ActivePolicies
from gateway.population.ladders import Places
from gateway.population.london import read_london
from gateway.settings import PopulationSettings, Settings, SettingsError
from gateway.store.engine import Store


@dataclass(frozen=True, slots=True)
class Process:
    """What the process has besides settings: its environment, its clock, and new ids."""

    environment: Mapping[str, str]
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]


def planning_of(settings: Settings) -> PopulationSettings:
    """Give the settings of the planning side.

    Raises SettingsError when there are none.
    """
    if settings.population is None:
        raise SettingsError("The settings have no [population]: nothing is pulled or released.")
    return settings.population


def keyring_of(planning: PopulationSettings) -> KeyringPlace:
    """Say where the planning keyring is, and who holds its roots."""
    return KeyringPlace(planning.keyring, Held(planning.roots), planning.root_file)


async def feed_access(settings: Settings, store: Store, process: Process) -> FeedAccess:
    """Give what permits pulls and releases.

    Raises UnavailableError when no policy is active.
    """
    policies = ActivePolicies(store)
    # Compiled first, as a worker does at its start: within a decision there is no time for it.
    await policies.active()
    return feed_access_under(policies, settings, store, process)


def feed_access_under(
    policies: ActivePolicies, settings: Settings, store: Store, process: Process
) -> FeedAccess:
    """Give what permits pulls and releases under policies that somebody holds already."""
    run = frozenset(each.organisation for each in settings.bulk_source)
    return FeedAccess(
        StoredAgreements(store, run),
        policies,
        StoredStaff(store),
        process.now,
        process.new_id,
    )


def places_of(planning: PopulationSettings) -> Places:
    """Read which areas lie in which, and where postcodes are.

    Raises OSError; KeyError for a file without its columns, or areas that do not belong together.
    """
    rows = _rows_of(planning.postcodes_file)
    lsoa_of = {row["postcode"].replace(" ", "").upper(): row["lsoa"] for row in rows}
    return read_london(planning.areas_folder, lsoa_of)


def practices_of(planning: PopulationSettings) -> Mapping[str, str]:
    """Read the names of organisations by ODS code; without a file no organisation is named.

    Raises OSError, KeyError.
    """
    if planning.practices_file is None:
        return {}
    return {row["code"]: row["name"] for row in _rows_of(planning.practices_file)}


def venues_of(planning: PopulationSettings) -> Mapping[str, str]:
    """Read where the venues of the register of assaults are; without a file none is known.

    Raises OSError, KeyError.
    """
    if planning.venues_file is None:
        return {}
    return {row["venue"]: row["lsoa"] for row in _rows_of(planning.venues_file)}


def _rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
