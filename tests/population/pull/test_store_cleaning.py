"""What is pulled of the planning population and de-identified by the project's lists is what is true of it."""

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from adapters.contract import Outcome, Reason
from adapters.simulators.bulk.shelf import planning_shelf
from adapters.simulators.planning.areas import borough_of_lsoa, lsoa_of_postcode
from adapters.simulators.planning.truth import truth_of
from adapters.simulators.truth import SourceKind
from fhir_profiles.systems import NHS_NUMBER
from gateway.errors import UnavailableError
from gateway.population import deidentify
from gateway.population.allow_list import load_allow_lists
from gateway.population.ground import Ground
from gateway.population.ladders import Places
from gateway.population.linkage import NobodyFoundAgain
from gateway.population.pseudonyms import spell, subject_of
from gateway.population.pull import PullOrder, Stopped, pull
from gateway.population.pull_cleaning import StoreCleaning
from gateway.population.pulled import current_rows
from gateway.population.released_codes import load_code_lists
from tests.contract.bulk.asking import WORLD, fresh_shelf
from tests.population.pull.cleaning import TYPES, Permitted
from tests.population.pull.pulling import change
from tests.population.pull.served import QUICK, served

ALLOW_LISTS = load_allow_lists()
POSTCODES = {each.replace(" ", ""): lsoa for each, lsoa in lsoa_of_postcode().items()}
PLACES = Places(POSTCODES, dict(borough_of_lsoa()), dict(borough_of_lsoa()))


def cleaning(source="hospital", linkage=None):
    ground = Ground(
        source, bytes(range(32)), {}, PLACES, {}, ALLOW_LISTS, load_code_lists(), base=""
    )
    return StoreCleaning(ground, linkage or NobodyFoundAgain())


async def pulled_from(world, store, source="hospital", linkage=None):
    world.clock.pass_(minutes=10)
    order = PullOrder(store, TYPES, world.clock, lambda _: None)
    async with world.source() as opened:
        return await pull(Permitted(), opened, cleaning(source, linkage), order)


def rows(store, resource_type):
    return [json.loads(row) for row in current_rows(store / "hospital", resource_type)]


async def test_contacts_at_rest_are_those_that_truly_were(world, tmp_path):
    await pulled_from(world, tmp_path)

    at_rest = Counter(row["class"]["code"] for row in rows(tmp_path, "Encounter"))
    truly = Counter()
    for cell, count in truth_of(WORLD.lives()).contacts.items():
        if cell.kind.source is SourceKind.HOSPITAL:
            truly[cell.kind.encounter_class] += count
    assert at_rest == truly


async def test_a_person_at_rest_has_an_area_and_no_number_name_or_postcode(world, tmp_path):
    await pulled_from(world, tmp_path)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    areas = {resident.lsoa for resident, *_ in WORLD.lives()}
    assert rows(tmp_path, "Patient")
    assert any(lsoa.encode() in written for lsoa in areas)
    for resident, *_ in WORLD.lives():
        for token in (resident.nhs_number.digits, resident.postcode, resident.address_line):
            assert token.encode() not in written


@dataclass
class Told:
    """A linkage that remembers what it was told, and what was at rest then; it may fail."""

    store: Path
    fault: Exception | None = None
    numbers: dict = field(default_factory=dict)
    at_rest: list = field(default_factory=list)

    async def keep(self, numbers):
        self.at_rest += self.store.rglob("*.ndjson")
        self.numbers.update(numbers)
        if self.fault is not None:
            raise self.fault


async def test_the_linkage_is_told_whose_number_each_subject_is_before_anything_is_at_rest(
    world, tmp_path
):
    linkage = Told(tmp_path)
    await pulled_from(world, tmp_path, linkage=linkage)

    at_rest = {row["id"] for row in rows(tmp_path, "Patient")}
    assert at_rest == set(linkage.numbers)
    assert linkage.at_rest == []
    for subject, number in linkage.numbers.items():
        assert subject == spell(subject_of(bytes(range(32)), number))


async def test_nothing_is_at_rest_when_the_linkage_fails(world, tmp_path):
    linkage = Told(tmp_path, UnavailableError("no vault"))
    with pytest.raises(UnavailableError):
        await pulled_from(world, tmp_path, linkage=linkage)

    assert list(tmp_path.rglob("*.ndjson")) == []


async def test_one_person_is_one_at_all_sources(tmp_path):
    found = []
    for kind in (SourceKind.HOSPITAL, SourceKind.GP):
        with served(planning_shelf(WORLD, kind)) as world:
            await pulled_from(world, tmp_path / kind, kind)
        found.append({row["id"] for row in rows(tmp_path / kind, "Patient")})

    assert len(found[0] & found[1]) > len(found[0]) / 2


async def test_what_the_source_deleted_is_at_rest_no_more(exporter, tmp_path):
    await pulled_from(exporter, tmp_path)
    before = len(rows(tmp_path, "Encounter"))
    gone = exporter.shelf.lines["Encounter"][0]
    exporter.clock.pass_(hours=1)
    exporter.shelf.delete("Encounter", gone.id, exporter.clock())

    await pulled_from(exporter, tmp_path)

    assert len(rows(tmp_path, "Encounter")) == before - 1


async def test_de_05_once_a_number_is_corrected_a_source_is_pulled_from_anew(world, tmp_path):
    await pulled_from(world, tmp_path)
    change(world, "Patient", identifier=[{"system": NHS_NUMBER, "value": "9434765919"}])
    assert (await pulled_from(world, tmp_path)).since is not None

    assert (await pulled_from(world, tmp_path)).since is None
    assert (await pulled_from(world, tmp_path)).since is not None

    known = {row["identifier"][0]["value"]: row["id"] for row in rows(tmp_path, "Patient")}
    contacts = rows(tmp_path, "Encounter")
    named = [
        (each["subject"]["identifier"]["value"], each["subject"]["reference"]) for each in contacts
    ]
    assert {(as_, f"Patient/{known[as_]}") for as_, _ in named} == set(named)


async def test_what_was_left_out_is_counted_by_path_and_reason(tmp_path):
    shelf = fresh_shelf()
    stray = shelf.lines["Encounter"][0]
    nobodys = json.loads(stray.body) | {"id": "stray", "subject": {"reference": "Patient/nobody"}}
    shelf.put([replace_line(stray, nobodys)])
    with served(shelf, pace=replace(QUICK, resources_a_file=10**6)) as world:
        manifest = await pulled_from(world, tmp_path)

    told = {each.resource_type: each.left_out for each in manifest.partitions}
    assert told["Encounter"]["Encounter: no-person"] == 1
    assert told["Patient"]["Patient.name"] == len(shelf.lines["Patient"])


def add_one_that_is_no_text(shelf, resource_type):
    """Put a resource there whose id an old system wrote in Latin-1."""
    line = shelf.lines[resource_type][0]
    shelf.put([line._replace(id="cafe", body=line.body.replace(line.id.encode(), b"caf\xe9", 1))])


@pytest.mark.parametrize("resource_type", ["Patient", "Encounter"])
async def test_t26_a_line_that_is_no_text_is_counted_and_the_pull_goes_on(
    exporter, tmp_path, resource_type
):
    add_one_that_is_no_text(exporter.shelf, resource_type)

    manifest = await pulled_from(exporter, tmp_path)

    told = Counter(path for each in manifest.partitions for path in each.left_out.items())
    assert told[": not-json", 1] == 1
    assert len(rows(tmp_path, resource_type)) == len(exporter.shelf.lines[resource_type]) - 1


async def test_t26_a_page_that_is_no_text_ends_the_pull_with_a_reason(searched, tmp_path):
    add_one_that_is_no_text(searched.shelf, "Patient")

    stopped = await pulled_from(searched, tmp_path)

    assert stopped == Stopped(Outcome.MALFORMED, Reason.UNREADABLE, 200)


async def test_t26_a_reader_that_takes_any_bytes_for_text_would_be_found(
    exporter, tmp_path, monkeypatch
):
    add_one_that_is_no_text(exporter.shelf, "Patient")
    monkeypatch.setattr(deidentify, "is_text", lambda _line: True)

    with pytest.raises(UnicodeDecodeError):
        await pulled_from(exporter, tmp_path)


def add_one_in_a_file_of_another_type(shelf):
    line = shelf.lines["Encounter"][0]
    body = line.body.replace(line.id.encode(), b"astray", 1)
    shelf.put([line._replace(resource_type="Observation", id="astray", body=body)])


async def test_a_line_of_another_type_than_its_file_is_counted_and_stays_out(exporter, tmp_path):
    add_one_in_a_file_of_another_type(exporter.shelf)

    manifest = await pulled_from(exporter, tmp_path)

    told = Counter(path for each in manifest.partitions for path in each.left_out.items())
    assert told[": another-type", 1] == 1
    assert {row["resourceType"] for row in rows(tmp_path, "Observation")} == {"Observation"}


async def test_what_a_search_gives_of_another_type_stays_out(searched, tmp_path):
    add_one_in_a_file_of_another_type(searched.shelf)

    await pulled_from(searched, tmp_path)

    assert {row["resourceType"] for row in rows(tmp_path, "Observation")} == {"Observation"}


def replace_line(line, resource):
    return line._replace(id=resource["id"], body=json.dumps(resource).encode())


def test_ids_differ_between_sources_and_types():
    ids = {
        cleaning(source).id_of(kind, "1")
        for source in ("hospital", "gp")
        for kind in ("Encounter", "Condition")
    }

    assert len(ids) == 4
