"""T20, DE-05: in small worlds of sources, pulls and people a release has the rows that a few plain lines allow, and no other."""

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from gateway.population import said_at_rest
from gateway.population.contents.reading import Reader
from gateway.population.pulled import current_rows
from gateway.population.releases import leaving_out
from gateway.population.rows_at_rest import read_row
from gateway.population.type_reading import TypeReading
from tests.population.making.raw import ANN, BEN, contact, patient, planned, pulled, read

IN_MEMORY = Path("/dev/shm")
SOURCES = ("gp", "hospital")
LABELS: list[dict[str, Any]] = [
    {"meta": {"security": [{"code": code}]}} for code in ("R", "V", "PSY", "unheard-of")
]
AGAINST = [
    *LABELS,
    *({"modifierExtension": []}, {"deceasedBoolean": True}, {"deceasedDateTime": "2026-01-05"}),
]


class Told(NamedTuple):
    """What one pull of a source tells: a Patient, of a number, or a contact, of a Patient; and what against it."""

    local_id: str
    of: str | None
    against: dict[str, Any]


class Pull(NamedTuple):
    """All Patients of a source, and the contacts that changed."""

    patients: list[Told]
    contacts: list[Told]

    def whose(self, local_id: str | None) -> str | None:
        numbers = {each.of for each in self.patients if each.local_id == local_id and each.of}
        return numbers.pop() if len(numbers) == 1 else None


class World(NamedTuple):
    """The pulls of each source until a release is planned, and since; who may be used, and who objected."""

    until: dict[str, list[Pull]]
    since: dict[str, list[Pull]]
    usable: set[str]
    objected: set[str]

    def ends(self, source: str) -> list[Pull]:
        """Give the planned and the newest pull of a source, as far as there are any."""
        return [*self.until[source][-1:], *[*self.until[source], *self.since[source]][-1:]]


def rarely(some: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from([{}] * len(some) * 5 + some)


def pulls(least: int) -> st.SearchStrategy[dict[str, list[Pull]]]:
    people = st.builds(
        Told, st.sampled_from(["p1", "p2"]), st.sampled_from([ANN, ANN, BEN, None]), rarely(AGAINST)
    )
    contacts = st.builds(
        Told, st.sampled_from(["c1", "c2"]), st.sampled_from(["p1", "p1", "p2"]), rarely(LABELS)
    )
    by_id = st.lists(contacts, min_size=1, max_size=2, unique_by=lambda each: each.local_id)
    one = st.builds(Pull, st.lists(people, min_size=1, max_size=3), by_id)
    return st.fixed_dictionaries(
        {each: st.lists(one, min_size=least, max_size=2) for each in SOURCES}
    )


WORLDS = st.builds(
    World,
    *(pulls(1), pulls(0)),
    st.sampled_from([{ANN, BEN}, {ANN, BEN}, {ANN}]),
    st.sampled_from([set(), set(), {BEN}]),
)


def may_leave(world: World) -> tuple[list[tuple[str, str]], set[tuple[str, str]]]:
    """Say whose contacts and Patients a release may have, by the sentences of the promise."""
    ends = [pull for source in SOURCES for pull in world.ends(source)]
    against = {p.whose(each.local_id) for p in ends for each in p.patients if each.against}
    good = world.usable - world.objected - against

    def owner(source: str, pull: Pull, local_id: str | None) -> str | None:
        still = {each.whose(local_id) for each in (pull, *world.ends(source))}
        return next(iter(still & good)) if len(still) == 1 and still <= good else None

    contacts, patients = [], set()
    for source in SOURCES:
        last = {c.local_id: (pull, c) for pull in world.until[source] for c in pull.contacts}
        whose = [owner(source, pull, c.of) for pull, c in last.values() if not c.against]
        contacts += [(source, each) for each in whose if each]
        planned_last = world.until[source][-1:]
        found = {owner(source, p, each.local_id) for p in planned_last for each in p.patients}
        patients |= {(source, each) for each in found if each}
    return sorted(contacts), patients


def leaves(world: World) -> tuple[list[tuple[str, str]], set[tuple[str, str]]]:
    """Have the sources pulled from, plan a release in between, and give whose rows it reads."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
        store, told = Path(folder) / "store", (world.usable, world.objected)
        (store / SOURCES[0]).mkdir(parents=True)
        for source in SOURCES:
            put(store, source, world.until[source], 1)
        plan = planned(store)
        for source in SOURCES:
            put(store, source, world.since[source], 1 + len(world.until[source]))
        contacts, patients = (read(store, plan, each, *told) for each in ("Encounter", "Patient"))
        assert len(patients) == len(set(patients))
        return contacts, set(patients)


def put(store: Path, source: str, some: list[Pull], first: int) -> None:
    for number, pull in enumerate(some, first):
        patients = [patient(each.local_id, each.of, **each.against) for each in pull.patients]
        contacts = [contact(each.local_id, each.of, **each.against) for each in pull.contacts]
        pulled(store, source, *patients, *contacts, pull=number)


@settings(max_examples=60)
@given(WORLDS)
def test_t20_de_05_a_release_has_the_rows_that_it_may_have_and_no_other(world):
    assert leaves(world) == may_leave(world)


WEAKNESSES = {
    "nothing stays of what is refused": lambda patch: patch.setattr(
        TypeReading, "_id_in_store", lambda _self, _id: b""
    ),
    "the first of two Patients counts": lambda patch: patch.setattr(
        said_at_rest,
        "patient_rows",
        lambda folder, through: current_rows(folder, "Patient", through),
    ),
    "the newest pull is not heard": lambda patch: patch.setattr(
        leaving_out, "newest_in", lambda _store: {}
    ),
    "a row stays with whom it was": lambda patch: patch.setattr(
        Reader, "_named", lambda _self, _source, lines: ((read_row(each), each) for each in lines)
    ),
}


@pytest.mark.parametrize("plant", WEAKNESSES.values(), ids=WEAKNESSES.keys())
def test_t20_a_weakness_is_found_in_a_small_world(plant, monkeypatch):
    plant(monkeypatch)
    tried = settings(max_examples=2_000, phases=[Phase.generate], derandomize=True)

    find(WORLDS, lambda world: leaves(world) != may_leave(world), settings=tried)
