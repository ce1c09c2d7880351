"""Rows through the whole gate, with every attack on them (T7, T8, T14, T15, T17), and weaknesses planted to be found."""

from dataclasses import replace
from random import Random

import duckdb
import pytest

from gateway.population.attacks import attacks_on_rows
from gateway.population.gate import GatedRows, Refusal, gate_rows
from gateway.population.profile import DisclosureProfile, Measure
from tests.architecture.source_tree import sources
from tests.population.gate.row_samples import PROFILE, alike, rows
from tests.population.gate.samples import DECLARATION, TODAY

FIT = [*alike(40), *alike(40, area="E2", start=100)]


def gated(
    database: duckdb.DuckDBPyConnection, profile: DisclosureProfile = PROFILE
) -> GatedRows | Refusal:
    return gate_rows(DECLARATION, profile, database, "people", TODAY)


def failed(database: duckdb.DuckDBPyConnection, profile: DisclosureProfile = PROFILE) -> set[str]:
    """Name the attacks that succeed on rows as they are, whatever the rules would have said."""
    return {
        each.attack
        for each in attacks_on_rows(database, "people", profile)
        if not each.is_withstood
    }


def test_rows_that_keep_to_their_profile_pass_with_what_was_tried_on_them():
    passed = gated(rows(FIT))

    assert isinstance(passed, GatedRows)
    assert passed.columns == ("person", "area", "sex", "kind")
    assert [each.attack for each in passed.attacks] == ["T7", "T8", "T17", "T14", "T15"]


@pytest.mark.parametrize(
    ("people", "attack"),
    [
        ([*FIT, *alike(7, area="E3", start=200)], "T7"),
        ([*FIT, *alike(7, sex="male", start=200)], "T7"),
        ([*FIT, *alike(9, area="E3", kinds=("fist",), start=200)], "T8"),
        ([*FIT, *alike(20, area="E3", kinds=("fist",) * 19 + ("blade",), start=200)], "T8"),
        ([*FIT, *alike(10, area="E3", start=200)], "T14"),
        ([*FIT[::-1]], "T17"),
        ([*FIT, ("p0001", "E1", "female", "blade")], "T17"),
    ],
    ids=[
        "seven alike",
        "seven of one sex",
        "one secret",
        "one rarely",
        "a rare event",
        "as they came",
        "one row late",
    ],
)
def test_t07_t08_t14_t17_each_planted_weakness_is_caught_by_its_attack(people, attack: str):
    assert attack in failed(rows(people))
    assert isinstance(gated(rows(people)), Refusal)


def test_t07_every_set_of_up_to_five_known_columns_is_joined():
    columns = tuple("abcdef")
    profile = DisclosureProfile("violence", ("person",), columns)
    people = [(f"p{each:02}", *("0" if each % 20 else "1") * 6) for each in range(40)]

    assert failed(rows(people, ("person", *columns)), profile) == {"T7"}


def histories(kinds: int, seed_step: int) -> list[tuple[str, ...]]:
    """Give 400 people five events each, of so many kinds that many people had each."""
    return sorted(
        (f"p{person:03}", "E1", "female", f"k{(person * seed_step + turn * turn * 7) % kinds:02}")
        for person in range(400)
        for turn in range(5)
    )


def test_t15_four_known_events_tell_few_people_from_all_others():
    alike_by_events = rows(histories(kinds=10, seed_step=1))
    kinds = [Random(person).sample(range(41), 5) for person in range(400)]
    apart = rows(
        sorted(
            (f"p{person:03}", "E1", "female", f"k{kind:02}")
            for person, had in enumerate(kinds)
            for kind in had
        )
    )

    assert "T15" not in failed(alike_by_events)
    assert "T15" in failed(apart)


@pytest.mark.parametrize(("candidates", "is_found"), [(7, True), (8, False)])
def test_t14_whoever_knows_one_rare_event_is_left_with_eight_candidates(
    candidates: int, is_found: bool
):
    rare = alike(candidates, kinds=("blade",), start=100)

    assert ("T14" in failed(rows([*alike(60, kinds=("fist",)), *rare]))) is is_found


def test_rows_of_people_with_no_events_are_not_attacked_by_events():
    passed = gated(rows(FIT), replace(PROFILE, event=()))

    assert isinstance(passed, GatedRows)
    assert [each.attack for each in passed.attacks] == ["T7", "T8", "T17"]


def reasons(
    database: duckdb.DuckDBPyConnection, profile: DisclosureProfile = PROFILE, **said
) -> tuple[str, ...]:
    refused = gate_rows(replace(DECLARATION, **said), profile, database, "people", TODAY)
    assert isinstance(refused, Refusal)
    return refused.reasons


def test_a_column_that_nobody_declared_refuses_and_so_does_a_missing_one():
    extra = rows([(*each, "x") for each in FIT], ("person", "area", "sex", "kind", "name_of_ward"))
    few = rows([each[:3] for each in FIT], ("person", "area", "sex"))

    assert reasons(extra) == ("the column name_of_ward is not declared",)
    assert reasons(few) == ("the declared column kind is missing",)


def test_another_datasets_profile_and_no_purpose_refuse():
    assert reasons(rows(FIT), replace(PROFILE, dataset="journeys")) == (
        "the profile is another dataset's",
    )
    assert reasons(rows(FIT), purpose="") == ("the declaration does not say its purpose",)


def test_no_rows_and_no_person_are_refused():
    nobody = [*FIT, (None, "E1", "female", "fist")]

    assert reasons(rows([])) == ("there is no row to release",)
    assert reasons(rows(nobody)) == ("some rows are nobody's",)


def test_a_table_that_is_not_there_refuses_without_telling_more():
    assert reasons(duckdb.connect()) == ("the gate could not judge this release: CatalogException",)


@pytest.mark.parametrize(
    ("cost", "passes"),
    [("150", True), ("0", True), ("149.5", False), ("151", False), (None, False)],
)
def test_amounts_in_rows_are_rounded_before_they_come(cost: str | None, passes: bool):
    database = rows([(*each, cost) for each in FIT], ("person", "area", "sex", "kind", "cost"))
    database.execute("ALTER TABLE people ALTER cost TYPE DOUBLE")

    judged = gated(database, replace(PROFILE, measures=(Measure("cost", 50),)))

    assert isinstance(judged, GatedRows) is passes
    assert passes or judged == Refusal(("cost is not rounded to 50",))


def test_only_the_gate_makes_what_a_release_is_written_from():
    makers = {
        path
        for path, text in sources("gateway").items()
        if "GatedRows(" in text or "GatedCounts(" in text
    }

    assert makers == {"gateway/population/gate.py"}
