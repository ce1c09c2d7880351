"""The readable document is read strictly and spelt out without wildcards."""

from dataclasses import astuple
from importlib import resources

import msgspec
import pytest

from rbac.expansion import expand, read_document
from rbac.roles import Role

TEXT = resources.files("rbac").joinpath("default_policy.toml").read_text("utf-8")


def test_the_document_speaks_of_every_role():
    document = read_document(TEXT)

    assert set(document.direct_care) | set(document.outside_care) == set(Role)
    assert set(document.organisation_kinds) == set(Role)


def test_rules_come_sorted_and_each_once():
    rules = expand(read_document(TEXT))

    assert len(set(rules)) == len(rules)
    assert list(rules) == sorted(rules, key=astuple)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('DEM = "demographics"', 'DEM = "*"'),
        ('gp_nurse            = "A', 'matron = "A'),
        ('gp                    = ["general-practice"]', 'gp = ["anywhere"]'),
        ('act        = "edit-policy"', 'act        = "anything"'),
        ('columns = "DEM', 'comment = ""\ncolumns = "DEM'),
        ("opens_masked", "opens"),
    ],
)
def test_a_document_with_an_unknown_word_is_refused(old, new):
    with pytest.raises(msgspec.ValidationError):
        read_document(TEXT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('gp                  = "A   A', 'gp                  = "A'),
        ('gp                  = "A   A', 'gp                  = "A   *'),
        ('gp                  = "A   A', 'gp                  = "A   a'),
        ('gp                    = ["general-practice"]\n', ""),
        ('columns = "DEM ENC', 'columns = "DEM XYZ'),
    ],
)
def test_a_document_whose_parts_do_not_fit_together_is_refused(old, new):
    with pytest.raises((KeyError, ValueError)):
        expand(read_document(TEXT.replace(old, new, 1)))


def test_the_one_exception_that_tells_of_hidden_items_is_named():
    told = read_document(TEXT).existence_told

    assert set(told) == {"restricted-medicines-exist"}
    assert told["restricted-medicines-exist"].category == "medications"
    assert told["restricted-medicines-exist"].label == "sexual-health"
