"""Put lives at rest as pulls do: rendered by the simulator, de-identified by the project's own lists, listed by a manifest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from adapters.simulators.cohort import DEFAULT_REFERENCE_TIME
from adapters.simulators.planning.areas import PRACTICES, borough_of_lsoa, lsoa_of_postcode
from adapters.simulators.planning.lives import Life
from adapters.simulators.planning.resources import PLANNING_TYPES, lines_of
from adapters.simulators.truth import SourceKind as Simulated
from fhir_profiles import systems
from gateway.population.allow_list import load_allow_lists
from gateway.population.deidentify import Deidentifier
from gateway.population.ground import Ground
from gateway.population.ladders import Places
from gateway.population.people import traced
from gateway.population.pseudonyms import spell, subject_of
from gateway.population.pull_manifest import (
    Partition,
    PullManifest,
    pull_folder,
    write_manifest,
    write_partition,
)
from gateway.population.released_codes import CodeList, load_code_lists

STORE_KEY = bytes(range(32))
LSOAS_AN_MSOA = 6
KINDS = tuple(Simulated)
PATIENT_FIRST = tuple(sorted(PLANNING_TYPES, key=lambda each: each != "Patient"))
"""Whose a row is, the Patients say; so they are cleaned first."""


@cache
def places() -> Places:
    """Give the two boroughs' areas; which MSOA each is in is made up."""
    boroughs = borough_of_lsoa()
    msoas = {lsoa: f"E02{int(lsoa[1:]) // LSOAS_AN_MSOA % 10**6:06}" for lsoa in boroughs}
    postcodes = {each.replace(" ", ""): lsoa for each, lsoa in lsoa_of_postcode().items()}
    return Places(postcodes, msoas, dict(boroughs))


@cache
def venues() -> Mapping[str, str]:
    """Give the area of each venue of the register: one in every area."""
    return {f"venue-{lsoa}": lsoa for lsoa in places().borough_of}


@cache
def register() -> Mapping[str, str]:
    """Give the organisations of the planning population."""
    codes = ("RRV", "RRU", *(each for among in PRACTICES.values() for each in among))
    return {code: f"Organisation {code}" for code in codes}


@cache
def ground(source: str) -> Ground:
    """Give what the rows of a source are de-identified by."""
    wording = {(systems.ASSAULT_VENUE, venue): "" for venue in venues()}
    lists = {**load_code_lists(), "assault-venues": CodeList("assault-venues", "", wording)}
    return Ground(source, STORE_KEY, {}, places(), register(), load_allow_lists(), lists)


def put_at_rest(
    store: Path,
    lives: Iterable[Life],
    pull: int = 1,
    now: datetime = DEFAULT_REFERENCE_TIME,
    kinds: tuple[Simulated, ...] = KINDS,
) -> None:
    """Write what one pull of each kind of source would have left."""
    lines: dict[tuple[Simulated, str], list[bytes]] = defaultdict(list)
    for life in lives:
        for kind in kinds:
            for line in lines_of(kind, life, now):
                lines[kind, line.resource_type].append(line.body)
    for kind in kinds:
        put_lines(store / kind, {each: lines[kind, each] for each in PATIENT_FIRST}, pull)


def put_lines(folder: Path, lines: Mapping[str, list[bytes]], pull: int = 1) -> None:
    """Write one pull of one source."""
    people = traced(b"\n".join(lines["Patient"]), STORE_KEY).people.by_id
    clean = Deidentifier(replace(ground(folder.name), people=people))
    within = pull_folder(folder, pull)
    parts = tuple(
        write_partition(
            within,
            Partition(f"{number:05}-00000-{kind}.ndjson", kind),
            clean(b"\n".join(found)).ndjson,
        )
        for number, (kind, found) in enumerate(lines.items())
    )
    put_manifest(folder, parts, pull)


def put_manifest(folder: Path, parts: tuple[Partition, ...], pull: int) -> None:
    """Make a pull count."""
    then = datetime(2026, 1, 1, tzinfo=UTC)
    manifest = PullManifest(
        pull,
        folder.name,
        "d",
        "p",
        "a",
        PLANNING_TYPES,
        ("Patient",),
        None,
        then,
        False,
        then,
        parts,
    )
    write_manifest(folder, manifest)


def pseudonym(life: Life) -> str:
    """Give what the store calls somebody."""
    return spell(subject_of(STORE_KEY, life.resident.nhs_number))
