"""A release is whole in its place or not there, and is removed at once for whoever looks."""

from uuid import UUID

import pytest

from gateway.population.releases.folders import MANIFEST, ReleaseFolders, make_tree_durable

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def folders(tmp_path):
    return ReleaseFolders(tmp_path / "releases")


def made(folders, release=ONE, generation=2):
    folder = folders.begin(release, generation)
    (folder / "rows.csv").write_text("a row\n")
    (folder / MANIFEST).write_text("{}")
    return folder


def files_under(folders):
    return sorted(path.name for path in folders.root.rglob("*") if path.is_file())


def test_nothing_is_listed_before_anything_was_published(folders):
    assert list(folders.whole()) == []
    made(folders)
    assert list(folders.whole()) == []
    assert folders.being_made() == {ONE}


def test_what_is_published_is_in_its_projects_folder_whole(folders):
    folders.publish(made(folders), "violence", ONE)

    assert list(folders.whole()) == [("violence", ONE)]
    assert folders.being_made() == frozenset()
    assert {path.name for path in folders.place_of("violence", ONE).iterdir()} == {
        "rows.csv",
        MANIFEST,
    }


def test_a_release_is_published_once(folders):
    first, second = made(folders), folders.root / ".making" / f"{ONE.hex}-3"
    folders.publish(first, "violence", ONE)
    made(folders, OTHER).rename(second)

    with pytest.raises(OSError, match="not empty"):
        folders.publish(second, "violence", ONE)


def test_a_folder_without_a_manifest_is_no_release(folders):
    (folders.root / "violence" / ONE.hex).mkdir(parents=True)

    assert list(folders.whole()) == []


def test_what_is_taken_out_is_gone_and_nothing_else(folders):
    for each in (ONE, OTHER):
        folders.publish(made(folders, each), "violence", each)

    folders.take_out("violence", ONE)
    folders.take_out("violence", ONE)

    assert list(folders.whole()) == [("violence", OTHER)]
    assert files_under(folders) == sorted([MANIFEST, "rows.csv"])


def test_what_was_on_its_way_out_when_a_process_was_killed_is_removed(folders):
    folders.finish_leaving()
    folders.publish(made(folders), "violence", ONE)
    leaving = folders.root / ".leaving"
    leaving.mkdir()
    folders.place_of("violence", ONE).rename(leaving / ONE.hex)

    folders.finish_leaving()

    assert files_under(folders) == []


def test_an_attempt_begins_with_an_empty_folder(folders):
    made(folders)
    made(folders, OTHER)

    folder = folders.begin(ONE, 3)

    assert list(folder.iterdir()) == []
    assert sorted(path.name for path in folder.parent.iterdir()) == [
        f"{ONE.hex}-3",
        f"{OTHER.hex}-2",
    ]


def test_every_file_of_a_release_is_made_durable(folders, monkeypatch):
    synced = []
    monkeypatch.setattr("os.fsync", lambda descriptor: synced.append(descriptor))
    folder = made(folders)
    synced.clear()

    make_tree_durable(folder)

    assert len(synced) == 3  # two files, and the folder of their names
