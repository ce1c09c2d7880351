"""Whose rows a release may have: objections, flags, labels and the national list, where whatever is unknown excludes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.vocabulary import HARD_BARRED, Label
from gateway.population.opt_out_list import keep_list, keep_newest, kept_list
from gateway.population.opt_outs import (
    CheckList,
    Exemption,
    LeftOut,
    Objections,
    OptOutRule,
    Population,
    Refused,
    population,
)
from tests.population.opt_outs.conftest import nobody_objects, row

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
WEEK, MINUTE = timedelta(days=7), timedelta(minutes=1)
A, B = "a" * 26, "b" * 25 + "a"
EVERYBODY = frozenset({A, B})


def a_list(made_at=NOW, usable=EVERYBODY, life=WEEK) -> CheckList:
    return CheckList("run", made_at, made_at + life, usable)


def why(said=None, rule=None, usable=EVERYBODY, **changes):
    found = Population(rule or OptOutRule(), said or nobody_objects(A, B), usable)
    return found.why_left_out(row(A, **changes))


def said(**changes) -> Objections:
    given = {"type_1": frozenset(), "local": frozenset(), "is_sensitive": {A: False}, **changes}
    return Objections(**given)


def test_a_row_that_nothing_speaks_against_may_be_released():
    assert why() is None


@pytest.mark.parametrize("flag", [True, None])
@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ("is_confidential", LeftOut.CONFIDENTIAL),
        ("is_deleted", LeftOut.DELETED),
        ("is_dead", LeftOut.DEAD),
    ],
)
def test_de_05_a_row_whose_flag_is_set_or_unknown_is_left_out(fact, flag, reason):
    assert why(**{fact: flag}) is reason


@pytest.mark.parametrize("known", [{A: True}, {A: None}, {}])
def test_de_05_a_person_whose_sensitive_flag_is_set_or_unknown_is_left_out(known):
    assert why(said(is_sensitive=known)) is LeftOut.SENSITIVE_PERSON


def test_a_local_objection_leaves_everything_out():
    assert why(said(local=frozenset({A}))) is LeftOut.LOCAL_OBJECTION


@pytest.mark.parametrize(
    ("is_from_gp", "reason"), [(True, LeftOut.TYPE_1), (None, LeftOut.TYPE_1), (False, None)]
)
def test_a_type_1_objection_leaves_out_what_a_practice_holds(is_from_gp, reason):
    assert why(said(type_1=frozenset({A})), is_from_gp=is_from_gp) is reason


def test_who_is_not_on_the_national_list_is_left_out():
    assert why(usable=frozenset({B})) is LeftOut.NATIONAL_OPT_OUT


@pytest.mark.parametrize("label", [*sorted(set(Label) - {"normal", "own"}), "unheard-of", "Normal"])
def test_de_05_every_sensitive_or_unknown_label_is_left_out_by_default(label):
    assert why(labels=("normal", label)) is LeftOut.LABEL


def test_de_05_unknown_labels_are_left_out():
    assert why(labels=None) is LeftOut.LABEL


@pytest.mark.parametrize("label", sorted(Label))
def test_a_dataset_may_have_a_label_that_it_does_not_bar_unless_nobody_may(label):
    bars_none = OptOutRule(barred_labels=frozenset())

    assert (why(rule=bars_none, labels=(label,)) is None) == (label not in HARD_BARRED)


def test_a_dataset_that_declares_the_dead_has_them_but_their_opt_out_stands():
    rule = OptOutRule(has_the_dead=True)

    assert why(rule=rule, is_dead=True) is None
    assert why(rule=rule, is_dead=True, usable=frozenset()) is LeftOut.NATIONAL_OPT_OUT


@pytest.mark.parametrize(
    ("found", "refused"),
    [
        (None, Refused.NO_LIST),
        (a_list(NOW - WEEK), Refused.EXPIRED_LIST),
        (a_list(NOW - MINUTE, life=MINUTE), Refused.EXPIRED_LIST),
        (a_list(NOW + MINUTE), Refused.EXPIRED_LIST),
    ],
)
def test_t20_without_a_current_list_the_release_is_refused(found, refused):
    assert population(OptOutRule(), nobody_objects(A), found, NOW) is refused


def test_t20_a_list_is_good_until_its_last_moment():
    found = a_list(NOW - WEEK + timedelta(microseconds=1))

    assert isinstance(population(OptOutRule(), nobody_objects(A), found, NOW), Population)


@pytest.mark.parametrize("exemption", Exemption)
def test_a_dataset_that_the_opt_out_does_not_apply_to_needs_no_list_but_objections_stand(exemption):
    rule = OptOutRule(exemption)
    settled = population(
        rule, said(local=frozenset({B}), is_sensitive={A: False, B: False}), None, NOW
    )

    assert [each.subject for each in settled.kept([row(A), row(B)])[0]] == [A]


@pytest.mark.parametrize("life", [timedelta(0), -MINUTE, WEEK + MINUTE])
def test_a_list_that_would_live_longer_than_a_week_or_not_at_all_is_refused(life):
    with pytest.raises(ValueError, match="seven days"):
        a_list(life=life)


PEOPLE = [f"{letter * 25}a" for letter in "abcdefgh"]
SOME = st.frozensets(st.sampled_from(PEOPLE))


@given(
    SOME, SOME, SOME, st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from([True, False, None]))
)
def test_t20_no_row_of_anybody_who_is_not_free_to_be_used_is_kept(usable, type_1, local, flags):
    settled = Population(OptOutRule(), Objections(type_1, local, flags), usable)
    rows = [row(each, is_from_gp=gp) for each in PEOPLE for gp in (True, False)]
    kept, left_out = settled.kept(rows)

    free = {each for each in usable - local if flags.get(each) is False}
    expected = [each for each in rows if each.subject in free]
    assert kept == [each for each in expected if not each.is_from_gp or each.subject not in type_1]
    assert len(kept) + sum(left_out.values()) == len(rows)


def test_t20_a_rule_that_took_the_unknown_for_free_would_be_found():
    class Careless(Population):
        def _of_the_person(self, found):
            return (
                LeftOut.SENSITIVE_PERSON
                if self.objections.is_sensitive.get(found.subject)
                else None
            )

    careless = Careless(OptOutRule(), said(is_sensitive={A: None}), EVERYBODY)

    assert careless.why_left_out(row(A)) is None
    assert why(said(is_sensitive={A: None})) is LeftOut.SENSITIVE_PERSON


def test_t20_what_is_shown_of_a_settled_population_names_nobody():
    settled = Population(OptOutRule(), said(), EVERYBODY)
    shown = f"{settled!r} {a_list()!r} {row(A)!r} {said()!r}"

    assert A not in shown
    assert B not in shown


def test_a_list_is_kept_until_it_expires_and_then_is_gone(tmp_path):
    path = tmp_path / "list.json"
    keep_list(path, a_list())

    assert kept_list(path, NOW + WEEK - MINUTE) == a_list()
    assert path.stat().st_mode & 0o777 == 0o600
    assert kept_list(path, NOW + WEEK) is None
    assert not path.exists()


@pytest.mark.parametrize(
    ("before", "stands"),
    [(NOW - MINUTE, "new"), (NOW, "new"), (NOW + MINUTE, "old"), (NOW + 9 * MINUTE, "new")],
    ids=["older", "as old", "newer", "from the future"],
)
def test_t20_a_list_never_takes_the_place_of_one_that_was_asked_for_later(tmp_path, before, stands):
    path, new = tmp_path / "list.json", a_list(NOW)
    old = a_list(before, usable=frozenset({A}))
    keep_list(path, old)

    found = keep_newest(path, new, NOW + 5 * MINUTE)

    assert found == kept_list(path, NOW) == {"new": new, "old": old}[stands]


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o602, 0o620])
def test_t20_a_list_that_others_may_read_or_write_is_none(tmp_path, mode):
    path = tmp_path / "list.json"
    keep_list(path, a_list())
    path.chmod(mode)

    assert kept_list(path, NOW) is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"run":"x"}'])
def test_a_list_that_cannot_be_read_is_none(tmp_path, content):
    path = tmp_path / "list.json"
    path.touch(0o600)
    path.write_bytes(content)

    assert kept_list(path, NOW) is None
    assert kept_list(tmp_path / "elsewhere", NOW) is None
