"""Whoever finds the people that somebody must be among learns nothing of them that is not nearly as likely of all (T8)."""

from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.population import gate
from gateway.population.alike_in_secret import secrets_told
from gateway.population.anonymity import measured_by
from gateway.population.climbing import Climb, Ladder, climb
from gateway.population.gate import GatedRows, Refusal, gate_rows
from gateway.population.profile import DisclosureProfile, SensitiveColumn
from tests.population.gate.row_samples import rows
from tests.population.gate.samples import DECLARATION, TODAY

COLUMNS = ("person", "area", "kind")
USUAL = DisclosureProfile("violence", ("person",), ("area",), (SensitiveColumn("kind"),))
HIGHLY = DisclosureProfile("violence", ("person",), ("area",), (SensitiveColumn.highly("kind"),))


def people(area, count, **had):
    """Give rows of people of an area, and how many of them, from the first on, had each kind."""
    return [(f"{area}{each:03}", area, kind) for kind in had for each in range(had[kind] or count)]


def table(*groups):
    return rows(sorted(row for group in groups for row in group), COLUMNS)


def gated(database, profile=USUAL):
    return gate_rows(DECLARATION, profile, database, "people", TODAY)


ALL_ADMITTED = (people("X", 8, gp=8, admission=8), people("Y", 200, gp=200, admission=70))


def test_t08_eight_people_who_all_had_what_few_others_had_are_refused():
    assert secrets_told(table(*ALL_ADMITTED), "people", USUAL) == 1
    assert gated(table(*ALL_ADMITTED)) == Refusal(
        ("kind is further than 0.3 from the whole among those alike by area",)
    )


def test_t08_what_nearly_all_had_is_told_of_nobody():
    everybody_went = table(people("X", 8, gp=8, call=2), people("Y", 200, gp=190, call=50))

    assert isinstance(gated(everybody_went), GatedRows)


@pytest.mark.parametrize(("among_all", "is_told"), [(68, True), (70, False), (100, False)])
def test_t08_all_of_a_class_may_have_what_seven_of_ten_have(among_all, is_told):
    """Of a hundred people eight are alike and were all admitted; so many were of all hundred."""
    others = people("Y", 92, gp=92, admission=among_all - 8)
    database = table(people("X", 8, gp=8, admission=8), others)

    assert (secrets_told(database, "people", USUAL) > 0) is is_told
    assert isinstance(gated(database), Refusal) is is_told


def test_t08_variety_that_is_all_one_persons_is_none():
    others = people("Y", 75, fist=75) + [
        (f"Z{each}", "Y", kind) for each in range(15) for kind in ("blade", "glass")
    ]
    one_more = table(people("X", 10, fist=10, blade=1, glass=1), others)
    two_more = table(people("X", 10, fist=10, blade=1, glass=2), others)

    assert secrets_told(one_more, "people", HIGHLY) == 1
    assert "kind has fewer than 3 values" in gated(one_more, HIGHLY).reasons[0]
    assert isinstance(gated(two_more, HIGHLY), GatedRows)


@pytest.mark.parametrize("nothing", [None, "unknown"])
def test_t08_not_to_be_known_is_no_variety(nothing):
    half = [
        (f"{area}{each}", area, "gp" if each % 2 else nothing)
        for area in "XY"
        for each in range(30)
    ]

    assert secrets_told(table(half), "people", USUAL) == 2
    assert isinstance(gated(table(half)), Refusal)


def test_t08_a_gate_that_measures_nothing_is_caught_by_the_attack(monkeypatch):
    monkeypatch.setattr(gate, "measured", lambda *_said: ())

    assert gated(table(*ALL_ADMITTED)) == Refusal(
        ("T8: sets of people of whom something is told that is not so of all",)
    )


def test_t08_a_class_that_is_told_of_climbs_with_others_or_is_left_out():
    database = table(*ALL_ADMITTED, people("Z", 5, gp=5))
    database.execute("CREATE TABLE here AS SELECT *, 'London' AS london FROM people")
    database.execute("CREATE TABLE alone AS FROM here WHERE area <> 'Z'")
    profile = DisclosureProfile("d", ("person",), ("place", "place_rung"), USUAL.sensitive)
    ladders, kept = (Ladder("place", ("area", "london")),), ("person", "kind")

    assert climb(database, Climb("here", "told", ladders, kept), profile) == 0
    assert climb(database, Climb("alone", "told alone", ladders, kept), profile) == 8
    places = database.execute("SELECT DISTINCT place FROM told ORDER BY ALL").fetchall()
    assert places == [("London",), ("Y",)]


def shares(had):
    """Give for each value how many people had it: once of people, once of all that is said of people."""
    who, said = len({person for person, _value in had}), len(had)
    return {
        value: (n / who, n / said) for value, n in Counter(value for _person, value in had).items()
    }


def reckoned(had, everybody):
    """Reckon the variety and the distance of a class in plain Python."""
    here, whole = shares(had), shares(everybody)
    left = [{v for p, v in had if p != one and v} for one in {p for p, _v in had}]
    fewest = min(len({v for _p, v in had if v}), 1 + min(map(len, left)))
    of_people = max(here[v][0] - whole[v][0] for v in here)
    return fewest, max(of_people, sum(max(here[v][1] - whole[v][1], 0) for v in here))


WHO_HAD = st.tuples(
    st.sampled_from("pqrstu"),
    st.sampled_from("XY"),
    st.sampled_from(["a", "b", "c", "unknown", None]),
)


@settings(max_examples=60)
@given(st.lists(WHO_HAD, min_size=1, max_size=24))
@example([("p", "X", "a"), ("p", "X", "b"), ("q", "X", "c"), ("r", "X", None)])
def test_t08_gate_and_attack_reckon_as_plain_python_does(table_of):
    known = {(who, area, None if kind == "unknown" else kind) for who, area, kind in table_of}
    everybody = {(who, kind) for who, _area, kind in known}
    areas = {area for _who, area, _kind in known}
    found = [reckoned({(p, v) for p, a, v in known if a == area}, everybody) for area in areas]
    database = rows(table_of, COLUMNS)

    variety = measured_by(database, "people", HIGHLY, ("area",)).varieties["kind"]
    told = sum(fewest < 3 or furthest > 0.3 + 1e-9 for fewest, furthest in found)
    assert variety.fewest_values == min(fewest for fewest, _furthest in found)
    assert variety.furthest == pytest.approx(max(furthest for _fewest, furthest in found))
    assert secrets_told(database, "people", HIGHLY) == told
