"""Two projects' feeds of the whole planning population, side by side: what joins them, in figures (T6, docs/decisions/0043).

`SCR_PROVE_PEOPLE` sets the size of the population; of a slice too few are alike for rows to leave.
"""

import os

import pytest

from adapters.simulators.planning.population import PEOPLE as EVERYBODY
from adapters.simulators.planning.population import Population
from gateway.population.gate import Refusal
from gateway.population.pseudonyms import person_of, read_subject
from tests.population.making.floor import is_told_of
from tests.population.making.linking import (
    by_the_whole_history,
    by_what_is_known,
    ids_in,
    link_rate,
)
from tests.population.making.neighbours import made, named, order_of, store_of
from tests.population.making.reading import read
from tests.population.making.stores import pseudonym

PEOPLE = int(os.environ.get("SCR_PROVE_PEOPLE", "0"))  # noqa: TID251 - a switch of the test run
PROJECTS = {"patrols": bytes(range(1, 33)), "other": b"o" * 32}
AT_CHANCE = 1 / 8
"""Whoever is alike by what is known is among eight at least, so that a guess is right once in eight at most."""


@pytest.fixture(scope="module")
def feeds(tmp_path_factory):
    """The rows that each project was given, and what each person of one is called in the other."""
    folder, lives = tmp_path_factory.mktemp("linking"), list(Population(people=PEOPLE).lives())
    left_out = frozenset(pseudonym(life) for life in lives if not is_told_of(life))
    store = store_of(folder / "store", lives)
    for project, key in PROJECTS.items():
        order = order_of(
            store, "linked-activity", left_out=left_out, project=project, project_key=key
        )
        assert not isinstance(made(named(order, project), folder / project), Refusal)
    subjects = [read_subject(pseudonym(life)) for life in lives]
    truth = {person_of(PROJECTS["patrols"], s): person_of(PROJECTS["other"], s) for s in subjects}
    return [read(folder / project) for project in PROJECTS], truth


if PEOPLE >= EVERYBODY:

    def test_t06_two_feeds_of_everybody_have_no_id_in_common(feeds):
        (one, other), _truth = feeds

        assert ids_in(one) & ids_in(other) == set()

    def test_t06_by_what_is_known_of_everybody_people_are_linked_at_chance(feeds, record_property):
        (one, other), truth = feeds
        found = {
            know.__name__: round(link_rate(one, other, know, truth), 4)
            for know in (by_what_is_known, by_the_whole_history)
        }

        record_property("share of people linked", found)
        assert found["by_what_is_known"] <= AT_CHANCE
