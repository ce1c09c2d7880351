"""What planners may be given is declared whole, or not at all."""

import tomllib
from importlib.resources import files

import pytest

from fhir_profiles.vocabulary import HARD_BARRED
from gateway.population.contents.tariff import load_national_codes, load_tariff
from gateway.population.datasets import DatasetError, load_datasets, read_dataset
from gateway.population.profile import FEWEST_PEOPLE, FEWEST_PEOPLE_OF_VIOLENCE
from gateway.population.released_codes import load_code_lists
from gateway.population.views.declared import declared_views

DATASETS = load_datasets()
FOLDER = files("fhir_profiles") / "datasets"
TEXT = (FOLDER / "violence.toml").read_text("utf-8")


def test_the_declared_datasets_are_these():
    assert set(DATASETS) == {"linked-activity", "violence"}


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=list(DATASETS))
def test_a_dataset_asks_for_declared_views_and_bars_what_nobody_may_see(dataset):
    assert set(dataset.views) <= set(declared_views())
    assert dataset.opt_out_rule.barred_labels >= HARD_BARRED
    assert dataset.opt_out_rule.exemption is None
    assert not dataset.opt_out_rule.has_the_dead


def test_as_many_people_are_alike_as_the_rules_ask():
    assert DATASETS["linked-activity"].profile.fewest_people == FEWEST_PEOPLE
    assert DATASETS["violence"].profile.fewest_people == FEWEST_PEOPLE_OF_VIOLENCE


def test_no_person_is_given_of_violence_and_no_conformance_is_claimed():
    violence = DATASETS["violence"]

    assert "person_id" not in violence.given
    assert "person_id" in DATASETS["linked-activity"].given
    assert "no conformance is claimed" in violence.conformance


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "violence"', 'name = ""'),
        ('name = "violence"', 'nom = "violence"'),
        ("months = 12", "months = 0"),
        ("retention_days = 365", "retention_days = 0"),
        ("fewest_people = 10", "fewest_people = 3"),
        ("furthest = 0.3", "furthest = 0.5"),
        ('why_safe = "Never free text', 'why_safe = ""\nunit = "Never free text'),
        ('role = "identifier"', 'role = "harmless"'),
        ('unit = "events"', 'unit = "rows"'),
        ("[disclosure]", "[disclosure"),
        ('barred = ["sexual-health",', 'barred = ["anything",'),
    ],
)
def test_a_dataset_that_does_not_say_what_it_must_is_refused(old: str, new: str):
    assert old in TEXT

    with pytest.raises(DatasetError):
        read_dataset(TEXT.replace(old, new), "SELECT 1")


def test_a_change_of_either_file_changes_the_fingerprint():
    declared = DATASETS["violence"]

    assert read_dataset(TEXT, declared.sql).fingerprint == declared.fingerprint
    assert read_dataset(TEXT, f"{declared.sql} ").fingerprint != declared.fingerprint
    assert read_dataset(f"{TEXT}\n", declared.sql).fingerprint != declared.fingerprint


def test_the_tariff_says_that_it_is_illustrative_and_prices_every_kind_once():
    tariff = load_tariff()

    assert "not a published tariff" in tariff.note
    assert len({each[1:3] for each in tariff.kinds}) == len(tariff.kinds)
    assert min(pounds for _name, pounds in tariff.bands) == 0


def test_every_local_code_has_a_line_in_the_mapping_table():
    lists = load_code_lists()
    mapped = {(item, local) for item, local, _given in load_national_codes()}

    for item, name in {
        "assault_method": "assault-methods",
        "assault_location_type": "assault-location-types",
    }.items():
        assert {code for each, code in mapped if each == item} == {
            code for _system, code in lists[name].wording
        }


def test_what_is_not_mapped_keeps_its_local_code():
    table = tomllib.loads((files("fhir_profiles") / "national_codes" / "dcb1594.toml").read_text())

    assert set(table["assault_method"].values()) == {""}
    assert all(local == given for _item, local, given in load_national_codes())
