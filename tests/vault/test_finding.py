"""One project's name for somebody leads to their subject by that project's key alone, and is looked for to the end."""

from itertools import islice

import pytest

from adapters.simulators.invention import nhs_numbers
from gateway.population.pseudonyms import (
    KeyLengthError,
    NotASubjectError,
    person_of,
    spell,
    subject_of,
)
from gateway.vault.finding import subject_behind

STORE_KEY, PROJECT, OTHER_PROJECT = b"s" * 32, b"p" * 32, b"q" * 32
SUBJECTS = [subject_of(STORE_KEY, each) for each in islice(nhs_numbers(12), 300)]


def test_every_person_of_a_release_is_found_by_its_projects_key():
    for subject in SUBJECTS[::20]:
        assert subject_behind(PROJECT, SUBJECTS, person_of(PROJECT, subject)) == subject


def test_nobody_is_found_by_another_projects_key_or_by_the_stores_own_name():
    one = SUBJECTS[7]

    assert subject_behind(OTHER_PROJECT, SUBJECTS, person_of(PROJECT, one)) is None
    assert subject_behind(PROJECT, SUBJECTS, spell(one)) is None


@pytest.mark.parametrize("place", [0, 150, 299, None])
def test_as_many_are_tried_whoever_is_looked_for(place):
    tried = []
    wanted = b"x" * 16 if place is None else SUBJECTS[place]

    def every():
        for subject in SUBJECTS:
            tried.append(subject)
            yield subject

    subject_behind(PROJECT, every(), person_of(PROJECT, wanted))

    assert tried == SUBJECTS


@pytest.mark.parametrize(
    "name", ["", "a" * 25, "A" * 26, "a" * 25 + "b", "a" * 27, "\uff41" * 26, "9990000018"]
)
def test_what_is_no_name_of_anybody_is_refused(name):
    with pytest.raises(NotASubjectError):
        subject_behind(PROJECT, SUBJECTS, name)


def test_a_key_of_another_length_is_refused():
    with pytest.raises(KeyLengthError):
        subject_behind(b"short", SUBJECTS, person_of(PROJECT, SUBJECTS[0]))
