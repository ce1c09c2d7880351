"""What may be asked for, and that nothing of it can be changed unseen."""

from dataclasses import fields, replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from gateway.population.declaration import faults_of_declaration
from gateway.population.releases.requests import (
    Wanted,
    declaration_of,
    digest_of,
    faults_of_wanted,
    request_of,
)
from tests.population.releases.deployment import WANTED
from tests.store_factories import NOW

DATASETS = frozenset({"small"})
REQUEST = request_of(WANTED, UUID(int=1), "asker", NOW)


def test_a_whole_request_has_no_fault_and_the_gate_finds_none_in_what_it_declares():
    assert list(faults_of_wanted(WANTED, DATASETS, NOW)) == []
    assert list(faults_of_declaration(declaration_of(REQUEST), NOW.date())) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"project": "../other"}, "letters, digits and hyphens"),
        ({"recipient": ""}, "letters, digits and hyphens"),
        ({"dataset": "everything"}, "no such dataset: small"),
        ({"purpose": " "}, "Purpose must be said"),
        ({"legal_basis": "a\nb"}, "Legal basis must be said"),
        ({"purpose": "for 943 476 5919"}, "no NHS number"),
        ({"setting": "x" * 501}, "longer than 500"),
        ({"agreement": "x" * 65}, "longer than 64"),
        ({"ends_on": date(2020, 1, 1)}, "has ended"),
    ],
)
def test_each_fault_is_told(changes, told):
    [fault] = faults_of_wanted(replace(WANTED, **changes), DATASETS, NOW)

    assert told in fault


@pytest.mark.parametrize("name", [each.name for each in fields(Wanted)])
def test_whatever_is_changed_changes_the_hash(name):
    changed = date(2027, 1, 1) if name == "ends_on" else "another"

    assert digest_of(replace(REQUEST, **{name: changed})) != REQUEST.digest


def test_who_asked_and_when_is_of_the_hash():
    for changed in ({"requested_by": "x"}, {"requested_at": NOW + timedelta(seconds=1)}):
        assert digest_of(replace(REQUEST, **changed)) != REQUEST.digest
