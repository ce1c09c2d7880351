"""Build the application of a simulated bulk source: the planning population, or a published export.

Opens no port. GP Connect answers for one person at a time, so a practice's bulk extract is a source of its own.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.types import ASGIApp

from adapters.simulators.bulk.machines import Machine
from adapters.simulators.bulk.server import BulkSettings, create_app
from adapters.simulators.bulk.shelf import Shelf, planning_shelf, published_shelf
from adapters.simulators.faults import Faults
from adapters.simulators.planning.population import PEOPLE as PLANNING_PEOPLE
from adapters.simulators.planning.population import Population
from adapters.simulators.published.samples import NoSamplesError, samples_in
from adapters.simulators.truth import SourceKind as BulkKind
from gateway.errors import UnavailableError
from gateway.settings import process_environment
from gateway.wiring import now

__all__ = [
    "PLANNING_PEOPLE",
    "BulkKind",
    "BulkOffer",
    "UnreadableKeysError",
    "bulk_app",
    "planning_world",
    "published_export",
]

CLIENT = "scr-pull"
"""The gateway's own name at a simulated bulk source."""


class UnreadableKeysError(ValueError):
    """Say that a file holds no public keys."""


@dataclass(frozen=True, slots=True)
class BulkOffer:
    """How a bulk source is reached: its address, whether it exports, whose keys it knows."""

    address: str
    offers_export: bool = True
    client_keys: Path | None = None


def planning_world(kind: BulkKind, seed: int, people: int, at: datetime) -> Shelf:
    """Make up what one kind of source holds of the planning population."""
    return planning_shelf(Population(seed, people, at), kind)


def published_export(folder: Path | None) -> Shelf:
    """Read a published export in a folder of samples, else where SCR_SAMPLE_DATA says, else beside the project.

    Raises UnavailableError when it is not there.
    """
    try:
        return published_shelf(samples_in(folder, process_environment()))
    except NoSamplesError as missing:
        raise UnavailableError(str(missing)) from missing


def bulk_app(shelf: Shelf, offer: BulkOffer) -> ASGIApp:
    """Make a simulated bulk source; without keys it asks for no token.

    Raises UnreadableKeysError when the file of keys holds none.
    """
    machines = () if offer.client_keys is None else (Machine(CLIENT, _keys(offer.client_keys)),)
    settings = BulkSettings(offer.address, now, machines, offer.offers_export)
    return create_app(shelf, settings, Faults())


def _keys(path: Path) -> KeySet:
    try:
        return KeySet.import_key_set(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, JoseError) as fault:
        raise UnreadableKeysError("The file of keys holds no JSON Web Key Set.") from fault
