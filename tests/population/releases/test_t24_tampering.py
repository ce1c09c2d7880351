"""Any byte of a release that is changed is found (T24), and so is any file that is gone or more."""

import pytest

from gateway.population.releases.folders import MANIFEST
from gateway.population.releases.verifying import (
    AlteredReleaseError,
    faults_of_release,
    hash_of_manifest,
    manifest_of,
)
from tests.population.releases.small_making import FILES, SmallMaking
from tests.population.releases.small_store import fill, order_of


@pytest.fixture
def release(tmp_path):
    """A release, as a recipient has it."""
    fill(tmp_path / "store")
    folder = tmp_path / "release"
    folder.mkdir()
    SmallMaking()(order_of(tmp_path / "store"), folder, lambda *_told: None)
    return folder


def places_in(content: bytes) -> range:
    """Give places all over a file: each is as good as another, and all take long."""
    return range(0, len(content), 11)


def test_t24_a_release_that_nobody_touched_has_no_fault(release):
    assert list(faults_of_release(release, hash_of_manifest(release))) == []
    assert [each.name for each in manifest_of(release, hash_of_manifest(release)).files] == [*FILES]


@pytest.mark.parametrize("name", FILES)
def test_t24_each_changed_byte_of_each_file_is_found(release, name):
    whole = (release / name).read_bytes()
    for place in places_in(whole):
        changed = bytearray(whole)
        changed[place] ^= 1
        (release / name).write_bytes(changed)

        assert list(faults_of_release(release)) == [f"{name} is not as it was published."]


def test_t24_each_changed_byte_of_the_manifest_is_found(release):
    digest, whole = hash_of_manifest(release), (release / MANIFEST).read_bytes()
    for place in places_in(whole):
        changed = bytearray(whole)
        changed[place] ^= 1
        (release / MANIFEST).write_bytes(changed)

        assert list(faults_of_release(release, digest)) == [
            "The manifest is not the one that was published."
        ]


def test_t24_files_that_are_missing_more_longer_or_links_are_found(release):
    (release / "more.csv").write_text("a row\n")
    (release / FILES[0]).unlink()
    (release / FILES[1]).rename(release.parent / "elsewhere")
    (release / FILES[1]).symlink_to(release.parent / "elsewhere")
    with (release / FILES[2]).open("a") as file:
        file.write("a row\n")

    assert list(faults_of_release(release)) == [
        "more.csv is not listed.",
        f"{FILES[0]} is missing.",
        f"{FILES[1]} is missing.",
        f"{FILES[2]} is not as it was published.",
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "There is no manifest: this is no release, or not the whole of one."),
        (b"{", "The manifest cannot be read."),
    ],
)
def test_t24_what_has_no_manifest_that_can_be_read_is_no_release(release, content, told):
    (release / MANIFEST).unlink()
    if content is not None:
        (release / MANIFEST).write_bytes(content)

    assert list(faults_of_release(release)) == [told]
    with pytest.raises(AlteredReleaseError):
        manifest_of(release, "a" * 64)


def test_t24_a_careless_check_that_trusts_sizes_would_miss_it(release):
    name = FILES[0]
    whole = (release / name).read_bytes()
    (release / name).write_bytes(whole[::-1])

    assert (release / name).stat().st_size == len(whole)
    assert list(faults_of_release(release)) != []
