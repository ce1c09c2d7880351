"""What is checked of a release's file is what is read of it, and a file that is not given is closed."""

import asyncio
import os

import pytest

from gateway.errors import ConflictError
from gateway.population.releases.desk import ReleaseDesk
from gateway.population.releases.opening import open_unaltered
from gateway.population.releases.verifying import AlteredReleaseError, hash_of_manifest
from tests.population.releases.small_making import FILES, SmallMaking
from tests.population.releases.small_store import fill, order_of
from tests.store_factories import NOW


@pytest.fixture
def folder(tmp_path):
    fill(tmp_path / "store")
    made = tmp_path / "release"
    made.mkdir()
    SmallMaking()(order_of(tmp_path / "store"), made, lambda *_told: None)
    return made


def opened(folder, name=FILES[0]):
    return open_unaltered(folder, hash_of_manifest(folder), name)


def test_t24_what_comes_in_the_place_of_an_opened_file_is_not_read(folder):
    whole = (folder / FILES[0]).read_bytes()

    found = opened(folder)
    (folder / "other").write_bytes(b"x" * len(whole))
    (folder / "other").replace(folder / FILES[0])

    with found.content as content:
        assert content.read() == whole
    assert found.size == len(whole)
    # Whoever opened it by its name once more would have given the other.
    assert (folder / FILES[0]).read_bytes() != whole


def test_t24_what_is_written_into_an_opened_file_is_not_taken_for_what_was_published(folder):
    whole = (folder / FILES[0]).read_bytes()

    found = opened(folder)
    with (folder / FILES[0]).open("r+b") as same_file:
        same_file.write(b"x" * len(whole))

    with pytest.raises(AlteredReleaseError):
        found.whole()
    assert found.content.closed


def test_a_file_is_read_whole_in_pieces_of_any_size(folder):
    whole = (folder / FILES[0]).read_bytes()

    for size in (1, 7, len(whole), len(whole) + 1):
        found = opened(folder)
        with found.content:
            assert b"".join(found.pieces(size)) == whole
    assert opened(folder).whole() == whole


@pytest.mark.parametrize("other", ["link", "pipe", "folder", "longer", "changed"])
def test_t24_what_is_not_the_listed_file_is_neither_opened_nor_waited_for(folder, other):
    place, whole = folder / FILES[0], (folder / FILES[0]).read_bytes()
    place.rename(folder / "aside")
    make = {
        "link": lambda: place.symlink_to(folder / "aside"),
        "pipe": lambda: os.mkfifo(place),
        "folder": place.mkdir,
        "longer": lambda: place.write_bytes(whole + b"\n"),
        "changed": lambda: place.write_bytes(whole[::-1]),
    }
    make[other]()

    with pytest.raises((AlteredReleaseError, OSError)):
        opened(folder)


def test_a_name_that_is_not_listed_opens_nothing(folder):
    (folder / "more.csv").write_text("a row\n")

    assert opened(folder, "more.csv") is None


class Recalling(ReleaseDesk):
    """A desk at which somebody recalls a release between its opening and the note of it."""

    def _opened(self, release, file):
        found = super()._opened(release, file)
        recalled = self.recall(release.id, "officer", NOW, "a mistake")
        asyncio.run_coroutine_threadsafe(recalled, LOOPS[-1]).result()
        FOUND.append(found)
        return found


LOOPS, FOUND = [], []


async def test_a_file_of_what_is_recalled_meanwhile_is_closed_and_not_given(deployment):
    release, desk = await deployment.published(), deployment.desk
    LOOPS.append(asyncio.get_running_loop())
    parts = (desk.store, desk.log, desk.folders, desk.datasets, desk.new_id)

    with pytest.raises(ConflictError):
        await Recalling(*parts).fetch(release.id, FILES[0], "reader", "violence", NOW)

    assert FOUND[-1].content.closed
    assert await desk.uses(release.id) == ()
