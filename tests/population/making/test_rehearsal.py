"""Every release is rehearsed with people who are nobody: a file that tells of one of them refuses it."""

import gzip

import pytest

from gateway.population.canaries import Identifier
from gateway.population.contents.files import parquet_of
from gateway.population.contents.months import months_before
from gateway.population.contents.reading import Reader
from gateway.population.contents.rehearsal import _Cast, rehearse
from gateway.population.gate import Refusal
from tests.population.making.neighbours import TODAY, order_of

MONTHS = months_before(TODAY, 12)


def leaking(packed):
    """Make a maker of releases that lets one canary's identifiers through."""

    def make(order, folder):
        told = " ".join(people[5].canary.identifiers.values())
        (folder / "rows").write_bytes(packed(told))

    people = ()

    def with_people(order):
        nonlocal people
        people = _Cast.of(order, MONTHS).people
        return make

    return with_people


PACKED = {
    "plain": str.encode,
    "gzip": lambda told: gzip.compress(told.encode()),
    "parquet": lambda told: parquet_of(["note"], [[told]]),
    "reversed": lambda told: told[::-1].encode(),
}


@pytest.mark.parametrize("packed", PACKED.values(), ids=list(PACKED))
def test_de_01_what_a_weak_maker_lets_through_is_found_however_it_is_packed(tmp_path, packed):
    order = order_of(tmp_path / "none", "violence")

    refused = rehearse(order, MONTHS, tmp_path, leaking(packed)(order))

    assert refused == Refusal(
        tuple(sorted(f"a canary's {each} is in a file" for each in Identifier))
    )


def test_a_rehearsal_that_is_refused_refuses_the_release(tmp_path):
    order = order_of(tmp_path / "none", "violence")

    refused = rehearse(order, MONTHS, tmp_path, lambda _order, _folder: Refusal(("no row",)))

    assert refused == Refusal(("with people who are nobody: no row",))


def test_a_release_that_tells_of_nobody_goes_on(tmp_path):
    order = order_of(tmp_path / "none", "violence")

    assert rehearse(order, MONTHS, tmp_path, lambda _order, folder: (folder / "a").touch()) is None


def test_a_rehearsal_is_of_all_who_are_nobody(tmp_path):
    met = []

    def make(order, _folder):
        for source in order.sources:
            Reader(order).write(source, "Patient", tmp_path / "rows")
            met.append(len((tmp_path / "rows").read_bytes().splitlines()))

    rehearse(order_of(tmp_path / "none", "violence"), MONTHS, tmp_path, make)

    assert met == [24, 24, 24]
