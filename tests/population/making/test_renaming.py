"""A project knows people and records by names of its own, and one person in sixty-four is in no row of it."""

import pyarrow as pa
import pytest

from gateway.population.contents.renaming import Renaming
from gateway.population.pseudonyms import NotASubjectError, spell
from tests.population.making.neighbours import order_of

SUBJECTS = [spell(each.to_bytes(16, "big")) for each in range(3_000)]
TABLE = pa.table({"person_id": SUBJECTS, "activity_id": SUBJECTS})


def renamed(store, key=b"k" * 32):
    renaming = Renaming(order_of(store, "linked-activity", project_key=key))
    return renaming, renaming.renamed(TABLE, "gp")


def test_no_name_of_the_store_is_left_and_no_two_fall_together(tmp_path):
    _renaming, table = renamed(tmp_path)

    for column in ("person_id", "activity_id"):
        names = set(table.column(column).to_pylist())
        assert len(names) == len(SUBJECTS)
        assert not names & set(SUBJECTS)


def test_about_one_in_sixty_four_is_kept_back_the_same_each_time_and_others_elsewhere(tmp_path):
    once, again, elsewhere = (
        renamed(tmp_path, key)[0] for key in (b"k" * 32, b"k" * 32, b"o" * 32)
    )

    assert once.kept_back == again.kept_back
    assert 20 <= len(once.kept_back) <= 80
    kept_back = [
        {
            subject
            for subject, name in zip(SUBJECTS, each.people, strict=True)
            if name in each.kept_back
        }
        for each in (once, elsewhere)
    ]
    assert kept_back[0] != kept_back[1]


def test_the_ledger_knows_a_person_by_one_number_in_every_project(tmp_path):
    ours, theirs = (renamed(tmp_path, key)[0] for key in (b"k" * 32, b"o" * 32))

    assert list(ours.people.values()) == list(theirs.people.values())
    assert not set(ours.people) & set(theirs.people)


def test_what_is_no_name_of_the_store_stops_the_release(tmp_path):
    table = pa.table({"person_id": ["9434765919"]})

    with pytest.raises(NotASubjectError):
        Renaming(order_of(tmp_path, "violence")).renamed(table, "gp")
