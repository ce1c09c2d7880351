"""DE-05: a source's rows are released only of those whom it still calls what it called them when it gave the rows."""

import json

import pytest

from tests.population.making.raw import ANN, BEN, contact, patient, planned, pulled, read

AFTERWARDS = {
    "is gone": (),
    "is nobody for certain": (patient("p1", number=None),),
    "is somebody else": (patient("p1", BEN),),
    "is somebody else, and the person another": (patient("p1", BEN), patient("p9", ANN)),
    "is two people": (patient("p1", BEN), patient("p1", ANN)),
}


@pytest.mark.parametrize("is_planned_before", [True, False])
@pytest.mark.parametrize("afterwards", AFTERWARDS.values(), ids=AFTERWARDS.keys())
def test_de_05_no_row_stays_under_a_name_that(tmp_path, afterwards, is_planned_before):
    pulled(tmp_path / "s", "gp", patient("g1"), contact("g", "g1"))
    pulled(tmp_path / "s", "hospital", patient("p1"), contact("h", "p1"))
    before = planned(tmp_path / "s")
    assert read(tmp_path / "s", before) == [("gp", ANN), ("hospital", ANN)]

    pulled(tmp_path / "s", "hospital", *afterwards, pull=2)

    assert read(tmp_path / "s", before if is_planned_before else None) == [("gp", ANN)]


def test_rows_stay_of_one_of_two_names_when_the_other_goes(tmp_path):
    two = (patient("p1"), patient("p2"))
    pulled(tmp_path / "s", "hospital", *two, contact("c1", "p1"), contact("c2", "p2"))
    pulled(tmp_path / "s", "hospital", patient("p2"), pull=2)

    assert read(tmp_path / "s") == [("hospital", ANN)]


def test_de_05_a_contact_that_the_source_moves_to_somebody_else_is_theirs(tmp_path):
    two = (patient("p1"), patient("p2", BEN))
    pulled(tmp_path / "s", "hospital", *two, contact("c1", "p1"))
    pulled(tmp_path / "s", "hospital", *two, contact("c1", "p2"), pull=2)

    assert read(tmp_path / "s") == [("hospital", BEN)]


SINCE = [{"of": "p9"}, {"meta": {"security": [{"code": "V"}]}}, {"modifierExtension": []}]


@pytest.mark.parametrize("since", SINCE, ids=str)
def test_de_05_a_contact_that_was_good_once_is_none_once_it_is_refused(tmp_path, since):
    pulled(tmp_path / "s", "hospital", patient("p1"), contact("c1"), contact("c2"))
    pulled(tmp_path / "s", "hospital", patient("p1"), contact("c1", **since), pull=2)

    assert read(tmp_path / "s") == [("hospital", ANN)]


def test_what_the_store_calls_a_sources_id_is_not_that_id(tmp_path):
    pulled(tmp_path / "s", "hospital", patient("p1"), contact("c1", "p1"))

    at_rest = b"".join(each.read_bytes() for each in (tmp_path / "s").rglob("*.ndjson"))
    patients, contacts = map(json.loads, at_rest.splitlines())
    known_as = patients["identifier"][0]["value"]
    assert contacts["subject"]["identifier"]["value"] == known_as != "p1"
