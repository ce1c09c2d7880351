"""Two projects' feeds have no id in common, by what is known of people they are joined at chance, and no dictionary finds anybody.

T6, DE-04. Whole histories that differ do join two feeds of one dataset: docs/decisions/0043 says how far, and what is done.
"""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest

from gateway.population.pseudonyms import person_of, read_subject
from tests.population.making.linking import (
    PERSON,
    by_the_whole_history,
    by_what_is_known,
    ids_in,
    link_rate,
)
from tests.population.making.neighbours import (
    THERE,
    made,
    named,
    neighbours,
    order_of,
    store_of,
)
from tests.population.making.reading import files_of, read
from tests.population.making.stores import pseudonym
from tests.population.test_t05_dictionary import guesses

LIVES = [*neighbours(40), *neighbours(18, start=40, lsoa=THERE)]
OTHER = b"o" * 32


@pytest.fixture(scope="module")
def other(store, tmp_path_factory):
    """The same dataset for another project."""
    folder = tmp_path_factory.mktemp("other") / "release"
    made(order_of(store, "linked-activity", project="other", project_key=OTHER), folder)
    return folder


def truth_of(order) -> Mapping[str, str]:
    """What each person of one project is called in the other, as nobody outside can know."""
    subjects = [read_subject(pseudonym(life)) for life in LIVES]
    return {person_of(order.project_key, each): person_of(OTHER, each) for each in subjects}


@pytest.fixture
def truth(linked) -> Mapping[str, str]:
    return truth_of(linked[0])


def test_t06_two_projects_have_no_id_in_common(linked, other):
    _order, folder, _manifest = linked
    one, theirs = ids_in(read(folder)), ids_in(read(other))

    # One person in 64, drawn by each project's own key, is in no row.
    assert min(len(one), len(theirs)) > 200
    assert one & theirs == set()


@pytest.mark.parametrize("know", [by_what_is_known, by_the_whole_history])
def test_t06_people_who_are_alike_are_linked_at_chance(linked, other, truth, know):
    _order, folder, _manifest = linked

    # Two groups of people who are alike: whoever guesses is right once in each.
    assert link_rate(read(folder), read(other), know, truth) == pytest.approx(2 / 58, rel=0.1)


def with_their_own_past(lives):
    """Give each of them some of their contacts, and some of these twice: no two in ten have had the same."""
    chance = Random(6)
    return [
        life._replace(
            contacts=tuple(
                each for each in life.contacts for _time in range(chance.choice((0, 1, 1, 2, 3)))
            )
        )
        for life in lives
    ]


def test_t06_whole_histories_link_far_more_than_what_is_known(tmp_path, record_property):
    store = store_of(tmp_path / "store", with_their_own_past(LIVES))
    one = order_of(store, "linked-activity")
    other = replace(one, project="other", project_key=OTHER)
    for order in (one, other):
        made(named(order, order.project), tmp_path / order.project)
    rows = [read(tmp_path / each) for each in ("patrols", "other")]
    truth = truth_of(one)

    known, whole = (
        link_rate(*rows, each, truth) for each in (by_what_is_known, by_the_whole_history)
    )
    record_property("linked by the whole history", round(whole, 2))
    assert known < 0.05 < 0.3 < whole


def test_t06_one_column_that_is_each_persons_own_is_caught(linked, other, truth):
    rows = [{**row, "ward": truth[row[PERSON]]} for row in read(linked[1])]
    theirs = [{**row, "ward": row[PERSON]} for row in read(other)]

    assert link_rate(rows, theirs, by_the_whole_history, truth) == 1


def names_found(folder, numbers) -> int:
    """Count the people whom a dictionary of all numbers finds in the bytes of a release."""
    whole = b"".join(files_of(folder).values())
    return sum(any(each.encode() in whole for each in guesses(number)) for number in numbers)


def test_de_04_a_dictionary_of_everybody_finds_nobody_in_any_projects_files(linked, other):
    numbers = [life.resident.nhs_number for life in LIVES]

    assert [names_found(folder, numbers) for folder in (linked[1], other)] == [0, 0]


def test_de_04_a_project_whose_key_anybody_can_think_of_is_found_out(store, tmp_path):
    made(order_of(store, "linked-activity", project_key=bytes(32)), tmp_path / "weak")
    subjects = [read_subject(pseudonym(life)) for life in LIVES]
    whole = (tmp_path / "weak" / "rows.csv").read_bytes()

    assert sum(person_of(bytes(32), each).encode() in whole for each in subjects) > 50
