"""A release is whole, says what it was made by, and is the same bytes each time."""

from dataclasses import replace
from hashlib import sha256

import pytest

from gateway.population.contents.files import BLOCK
from gateway.population.gate import Refusal
from gateway.population.making import make_release
from gateway.population.pull_manifest import MANIFEST
from gateway.population.release_order import ReleaseManifest
from tests.population.making.neighbours import made, named, neighbours, order_of
from tests.population.making.reading import files_of, read, values
from tests.population.making.stores import pseudonym

DATASETS = ("linked-activity", "violence")


@pytest.mark.parametrize("name", DATASETS)
def test_the_manifest_lists_every_file_with_its_hash_and_nothing_else_is_there(releases, name):
    _order, folder, manifest = releases[name]

    assert ReleaseManifest.from_json((folder / MANIFEST).read_bytes()) == manifest
    assert {each.name: each.sha256 for each in manifest.files} == {
        path: sha256(content).hexdigest() for path, content in files_of(folder).items()
    }


@pytest.mark.parametrize("name", DATASETS)
def test_t24_the_same_order_gives_the_same_bytes_and_one_line_in_the_ledger(
    releases, tmp_path, name
):
    order, folder, manifest = releases[name]
    before = tuple(order.ledger.published())

    again = made(order, tmp_path / "again")

    assert again == manifest
    assert files_of(tmp_path / "again") == files_of(folder)
    assert tuple(order.ledger.published()) == before


def test_t24_a_file_that_was_changed_by_one_bit_is_not_the_one_that_was_listed(violence):
    _order, folder, manifest = violence
    listed = {each.name: each.sha256 for each in manifest.files}
    content = bytearray((folder / "rows.csv").read_bytes())
    content[100] ^= 1

    assert sha256(content).hexdigest() != listed["rows.csv"]


@pytest.mark.parametrize("name", DATASETS)
def test_t17_rows_stand_in_the_order_of_their_pseudonyms(releases, name):
    _order, folder, manifest = releases[name]
    rows = [tuple(each.values()) for each in read(folder)]

    assert tuple(read(folder)[0]) == manifest.columns
    assert rows == sorted(rows)


@pytest.mark.parametrize("name", DATASETS)
def test_t19_every_file_is_whole_blocks_and_no_count_of_rows_is_told(releases, name):
    order, folder, manifest = releases[name]
    rows = len(read(folder))
    said = b"".join(content for path, content in files_of(folder).items() if path.endswith(".json"))

    assert all(each.size % BLOCK == 0 for each in manifest.files)
    assert f" {rows}".encode() not in said + manifest.to_json()
    assert len({each.name for each in manifest.files}) == 3 * (1 + len(order.dataset.tables)) + 2


def test_what_a_head_costs_is_made_of_published_numbers(linked):
    _order, folder, _manifest = linked
    (practice, whole) = read(folder, "cost-by-practice")

    # 58 people at 42 + 170 + 250 + 600 pounds, to the nearest thousand, for 60 heads.
    assert (practice["value"], practice["pounds_per_head"]) == ("62000", "1033")
    assert whole["practice"] == "all"
    assert values(folder, "people-by-practice") == {("F83021",): "60", ("all",): "60"}


def test_one_person_is_one_across_all_sources(linked):
    _order, folder, _manifest = linked
    kinds: dict[str, set[str]] = {}
    for row in read(folder):
        kinds.setdefault(row["person_id"], set()).add(row["kind"])

    assert set(map(frozenset, kinds.values())) == {
        frozenset({"gp", "outpatient", "emergency", "admission"})
    }


def test_the_dictionary_describes_the_columns_that_are_given(violence):
    _order, folder, manifest = violence
    dictionary = (folder / "dictionary.json").read_text("utf-8")

    assert all(f'"{column}"' in dictionary for column in manifest.columns)
    assert '"person_id"' not in dictionary


def test_hot_spots_and_hours_are_told_by_area_and_by_weekday(violence):
    _order, folder, _manifest = violence

    assert values(folder, "hot-spots")["E01000842",] == "40"
    # Nine in the evening by UTC, in August.
    assert values(folder, "hour-by-weekday")["6", "22"] == "60"


def stopping_at(step):
    def watch(now, _done, _of):
        if now == step:
            raise TimeoutError

    return watch


@pytest.mark.parametrize("step", ["read", "write"])
def test_a_release_that_is_stopped_leaves_nothing_that_counts(store, tmp_path, step):
    with pytest.raises(TimeoutError):
        made(order_of(store, "violence"), tmp_path / "stopped", stopping_at(step))

    assert not (tmp_path / "stopped" / MANIFEST).exists()
    assert not [path for path in (tmp_path / "stopped").iterdir() if path.is_dir()]


def test_t09_what_cannot_be_held_against_the_ledger_is_not_made(violence, tmp_path):
    order, _folder, _manifest = violence
    under_another = replace(order, ledger_key=bytes(len(order.ledger_key)))

    told = made(under_another, tmp_path / "none")

    assert isinstance(told, Refusal)
    assert "another key of the store" in told.reasons[0]


def test_a_folder_that_holds_something_is_left_alone(store, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "old").touch()

    with pytest.raises(FileExistsError, match="empty folder"):
        make_release(order_of(store, "violence"), tmp_path / "full", stopping_at("never"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sources": ()}, "nothing has been pulled from any source"),
        ({"formats": ()}, "no format is asked for"),
    ],
)
def test_an_order_that_cannot_be_is_refused(store, tmp_path, changes, reason):
    order = order_of(store, "violence", **changes)

    assert made(order, tmp_path / "none") == Refusal((reason,))


def test_the_declaration_of_another_dataset_is_refused(store, tmp_path):
    order = order_of(store, "violence")
    other = replace(order.declaration, dataset="linked-activity")

    refused = made(replace(order, declaration=other), tmp_path / "other")

    assert refused == Refusal(("the declaration is another dataset's",))


def test_a_release_of_the_same_name_and_of_other_people_is_refused(violence, tmp_path):
    order, _folder, _manifest = violence
    fewer = replace(order, left_out=frozenset({pseudonym(neighbours(1)[0])}))

    refused = made(fewer, tmp_path / "another")

    assert refused == Refusal(("a release of this name was made before, of other data",))
    assert list((tmp_path / "another").iterdir()) == []


def test_a_dataset_without_a_table_is_refused_and_its_rows_are_not_remembered(store, tmp_path):
    order = order_of(store, "violence")
    bare = replace(order, dataset=replace(order.dataset, tables=()))

    assert made(bare, tmp_path / "bare") == Refusal(
        ("with people who are nobody: there is no table to release",)
    )
    assert order.ledger.published() == ()


def test_an_agreement_that_has_ended_is_refused_and_nothing_is_left(violence, tmp_path):
    order, _folder, _manifest = violence
    late = named(replace(order, today=order.declaration.ends_on.replace(year=2028)), "late")

    assert isinstance(made(late, tmp_path / "late"), Refusal)
    assert list((tmp_path / "late").iterdir()) == []
