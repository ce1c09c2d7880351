"""Rows of people: how alike they are by what is known of them (T7), and how alike in what is not (T8)."""

import duckdb
import pytest

from gateway.population.anonymity import faults_of, measured, measured_by
from gateway.population.profile import (
    FEWEST_PEOPLE_OF_VIOLENCE,
    DisclosureProfile,
    SensitiveColumn,
)
from tests.population.gate.row_samples import PROFILE, alike, rows


def faults(database: duckdb.DuckDBPyConnection, profile: DisclosureProfile = PROFILE) -> list[str]:
    found = measured(database, "people", profile)
    return [fault for each in found for fault in faults_of(each, profile)]


@pytest.mark.parametrize(("count", "is_enough"), [(8, True), (7, False), (1, False)])
def test_t07_eight_people_must_be_alike(count: int, is_enough: bool):
    people = rows([*alike(30), *alike(count, area="E2", start=100)])

    assert ("fewer than 8 people are alike by area, sex" in faults(people)) is not is_enough


def test_t07_of_violence_it_is_ten():
    of_violence = DisclosureProfile(
        "violence", ("person",), ("area", "sex"), fewest_people=FEWEST_PEOPLE_OF_VIOLENCE
    )

    assert faults(rows(alike(9)), of_violence)
    assert not faults(rows(alike(10)), of_violence)


def test_t07_eight_contacts_of_one_person_hide_nobody():
    many = [("p1", "E2", "male", kind) for kind in ("fist", "blade") * 4]
    found = measured_by(rows([*alike(8), *many]), "people", PROFILE, ("area",))

    assert (found.fewest_people, found.unique_people) == (1, 1)


def test_t07_what_is_not_known_of_somebody_tells_them_apart_too():
    found = measured_by(
        rows([*alike(8), ("p9", None, "female", "fist")]), "people", PROFILE, ("area",)
    )

    assert found.fewest_people == 1


def test_t08_people_who_are_alike_must_not_share_their_secret():
    shared = rows([*alike(30), *alike(30, area="E2", kinds=("fist",), start=100)])

    assert "kind has fewer than 2 values among those alike by area, sex" in faults(shared)


def test_t08_of_a_very_sensitive_column_two_values_are_too_few():
    very = DisclosureProfile("d", ("person",), ("area", "sex"), (SensitiveColumn.highly("kind"),))

    assert faults(rows(alike(30)), very)
    assert not faults(rows(alike(30, kinds=("fist", "blade", "glass"))), very)


@pytest.mark.parametrize(("blades", "distance"), [(15, 0.0), (6, 0.15), (0, 0.25)])
def test_t08_distance_is_half_the_sum_of_differences(blades: int, distance: float):
    """Thirty people in E2, against thirty in E1 of whom half had blades."""
    kinds = ("blade",) * blades + ("fist",) * (30 - blades)
    database = rows([*alike(30), *alike(30, area="E2", kinds=kinds, start=100)])

    variety = measured_by(database, "people", PROFILE, ("area",)).varieties["kind"]
    assert variety.furthest == pytest.approx(distance)


def test_t08_those_alike_must_not_be_far_from_the_whole():
    near = rows(
        [*alike(300), *alike(20, area="E2", kinds=("fist",) * 15 + ("blade",) * 5, start=400)]
    )
    far = rows([*alike(300), *alike(20, area="E2", kinds=("fist",) * 19 + ("blade",), start=400)])

    assert not faults(near)
    assert "kind is further than 0.3 from the whole among those alike by area, sex" in faults(far)


def test_a_table_of_nobody_is_measured_as_nothing():
    found = measured_by(rows([]), "people", PROFILE, ("area",))

    assert (found.fewest_people, found.unique_people, found.varieties["kind"].furthest) == (0, 0, 0)


def test_of_more_columns_than_are_ever_known_each_five_are_measured():
    columns = tuple("abcdef")
    profile = DisclosureProfile("d", ("person",), columns)
    apart = rows(
        [(f"p{each}", *str(each + 10).zfill(6)) for each in range(40)], ("person", *columns)
    )

    assert len(measured(apart, "people", profile)) == 6
    assert len(list(profile.known_subsets())) == 6 + 15 + 20 + 15 + 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"fewest_people": 7},
        {"furthest": 0.31},
        {"identifiers": ()},
        {"quasi_identifiers": ("person",)},
        {"sensitive": (SensitiveColumn("kind", 1),)},
        {"event": ("when",)},
    ],
    ids=str,
)
def test_a_profile_that_asks_for_too_little_cannot_be_made(wrong):
    said = {"dataset": "d", "identifiers": ("person",), "quasi_identifiers": ("area",), **wrong}

    with pytest.raises(ValueError, match=r"a profile|at least two|of an event"):
        DisclosureProfile(**said)


def test_a_name_of_a_column_is_never_read_as_sql():
    odd = 'a"; DROP TABLE people; --'
    database = duckdb.connect()
    database.execute(
        'CREATE TABLE people AS SELECT range AS person, \'x\' AS "a""; DROP TABLE people; --" FROM range(9)'
    )

    found = measured_by(database, "people", DisclosureProfile("d", ("person",), (odd,)), (odd,))

    assert found.fewest_people == 9
