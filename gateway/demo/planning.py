"""Make what the demo plans with: areas, keys, and who objected here.

Pulls nothing and releases nothing. Everybody is invented, and so is which area lies in which.
"""

import csv
import gzip
import json
import shutil
from collections.abc import Iterable
from itertools import chain, product
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from adapters.simulators.demo_users import PLANNER_CLIENT, PLANNER_MACHINE
from adapters.simulators.people import DEMO_PRACTICE, ORGANISATIONS
from adapters.simulators.planning.areas import (
    CAMDEN,
    ISLINGTON,
    PRACTICES,
    lsoa_of_postcode,
    lsoas,
)
from adapters.simulators.planning.population import AMBULANCE_SERVICE, HOSPITAL
from adapters.simulators.truth import SourceKind
from gateway.demo.deployment import Document, Folder
from gateway.demo.invention import Invention
from gateway.demo.planning_sources import check_settings, planning_population
from gateway.planning import keyring_of, planning_of
from gateway.planning_keys import open_custody
from gateway.population.keys.marks import mark_of
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.objections import keep_objections
from gateway.population.pseudonyms import spell, subject_of
from gateway.settings import Settings
from gateway.store.agreement_feeds import Feed
from gateway.store.migrate import upgrade
from gateway.wiring import now

SERVICE = "QMJ"
"""Who runs the demo: the store is filled for them."""

JOINED_UP, SAFER_STREETS = "joined-up-care", "safer-streets"
"""The projects that the demo's agreement names: the council's planners', and the community safety partnership's."""

FEEDS = (
    Feed("linked-activity", JOINED_UP, "702"),
    Feed("store", "store", SERVICE),
    Feed("violence", SAFER_STREETS, "CSP1"),
)

_RUN_BY = {
    SourceKind.GP: DEMO_PRACTICE,
    SourceKind.HOSPITAL: HOSPITAL,
    SourceKind.AMBULANCE: AMBULANCE_SERVICE,
}
_LSOAS_AN_MSOA = 6
_FIRST_MSOA = 2_990_001
"""Beyond the codes that the ONS has given out: which area of the middle layer an LSOA is in is made up here."""


def planning_settings(folder: Folder, address: str) -> Document:
    """Give the settings of the planning side, over bulk sources and a national check under one address."""
    within = folder.planning.absolute()
    files = {
        "store_folder": "store",
        "release_folder": "releases",
        "ledger_file": "ledger.ndjson",
        "opt_out_list": "opt-out-list.json",
        "objections_file": "objections.txt",
        "areas_folder": "areas",
        "postcodes_file": "postcodes.csv",
        "practices_file": "practices.csv",
        "venues_file": "venues.csv",
        "keyring": "keyring.json",
    }
    named = {name: str(within / file) for name, file in files.items()}
    return {
        "vault_database_url": f"sqlite:///{within / 'vault.db'}",
        "opt_out_check": check_settings(address),
        "population": {**named, "feed_recipient": SERVICE},
        "bulk_source": [_bulk_source(kind, address) for kind in SourceKind],
        "bulk_client": [
            {
                "client_id": PLANNER_CLIENT,
                "project": JOINED_UP,
                "acts_as": PLANNER_MACHINE.user_id,
            }
        ],
    }


async def make_planning(folder: Folder, settings: Settings, invention: Invention) -> None:
    """Make everything anew, as the database is."""
    shutil.rmtree(folder.planning, ignore_errors=True)
    folder.planning.mkdir(mode=0o700)
    _write_areas(folder.planning)
    assert settings.vault_database_url is not None  # this demo's own settings
    upgrade(settings.vault_database_url)
    planning = planning_of(settings)
    async with open_custody(keyring_of(planning), {}, now) as custody:
        for name in _key_names():
            await custody.create(name)
        with await custody.open(KeyName(Purpose.STORE)) as key:
            _write_objections(folder.planning, invention, key.material)


def _bulk_source(kind: SourceKind, address: str) -> Document:
    named = {"id": kind.value, "kind": kind.value, "organisation": _RUN_BY[kind]}
    return {**named, "base_url": f"{address}/{kind}/fhir"}


def _key_names() -> Iterable[KeyName]:
    yield KeyName(Purpose.STORE)
    yield KeyName(Purpose.VAULT)
    for feed in FEEDS:
        if feed.recipient != SERVICE:
            yield KeyName(Purpose.PROJECT, feed.project, feed.recipient)


def _write_objections(folder: Path, invention: Invention, store_key: bytes) -> None:
    """Write who objected here, by the store's names of them."""
    people = [each.resident for each in planning_population(invention).lives()]
    objected = [each.nhs_number for each in people if each.objects_locally]
    named = {spell(subject_of(store_key, each)) for each in objected}
    keep_objections(folder / "objections.txt", named, mark_of(store_key))


def _write_areas(folder: Path) -> None:
    """Write areas, postcodes, practices and venues in the forms that a deployment gets them in."""
    codes = sorted({*_RUN_BY.values(), *chain.from_iterable(PRACTICES.values())})
    named = [(each, ORGANISATIONS.get(each, f"Practice {each}")) for each in codes]
    every = [*lsoas(CAMDEN), *lsoas(ISLINGTON)]
    _write_rows(folder / "postcodes.csv", ("postcode", "lsoa"), lsoa_of_postcode().items())
    _write_rows(folder / "practices.csv", ("code", "name"), named)
    _write_rows(
        folder / "venues.csv", ("venue", "lsoa"), [(f"venue-{each}", each) for each in every]
    )
    (folder / "areas" / "lsoa21").mkdir(parents=True)
    rows = [*_areas_of(CAMDEN, "Camden"), *_areas_of(ISLINGTON, "Islington")]
    _write_map(folder / "areas" / "london_msoa21.geojson.gz", [_msoa(*each) for each in rows])
    _write_map(folder / "areas" / "lsoa21" / "invented.geojson.gz", [_lsoa(*each) for each in rows])


def _areas_of(borough: str, named: str) -> list[tuple[str, str, str, str, str]]:
    letters = ascii_uppercase[:_LSOAS_AN_MSOA]
    first = _FIRST_MSOA + (borough == ISLINGTON) * len(lsoas(CAMDEN))
    places = product(range(len(lsoas(borough))), letters)
    return [
        (borough, f"{named} {serial + 1:03}", f"E0{first + serial}", letter, lsoa)
        for lsoa, (serial, letter) in zip(lsoas(borough), places, strict=False)
    ]


def _msoa(borough: str, called: str, msoa: str, _letter: str, _lsoa: str) -> dict[str, str]:
    return {"LADCD_ACTIVE": borough, "MSOA21CD": msoa, "MSOA21NM": called}


def _lsoa(borough: str, called: str, _msoa: str, letter: str, lsoa: str) -> dict[str, str]:
    return {"LADCD_ACTIVE": borough, "LSOA21CD": lsoa, "LSOA21NM": f"{called}{letter}"}


def _write_map(path: Path, areas: list[dict[str, str]]) -> None:
    features: list[dict[str, Any]] = [
        {"type": "Feature", "geometry": None, "properties": each} for each in areas
    ]
    whole = json.dumps({"type": "FeatureCollection", "features": features})
    path.write_bytes(gzip.compress(whole.encode()))


def _write_rows(path: Path, header: tuple[str, str], rows: Iterable[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
