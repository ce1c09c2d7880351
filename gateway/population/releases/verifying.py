"""See that the files of a release are those of its manifest, byte for byte, and that there are no others.

Reads alone. The manifest cannot vouch for itself: it is held against the hash that was recorded when it was published,
or that a recipient was told (docs/releases.md).
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from gateway.population.release_order import ReleasedFile, ReleaseManifest
from gateway.population.releases.folders import MANIFEST


class AlteredReleaseError(Exception):
    """Say that a release is not as it was published; the message holds no row."""


def faults_of_release(folder: Path, manifest_sha256: str | None = None) -> Iterator[str]:
    """Say everything that is not as it was published; without a hash, the manifest is taken at its word.

    Raises OSError.
    """
    manifest = _manifest(folder, manifest_sha256)
    if isinstance(manifest, str):
        yield manifest
        return
    listed = {each.name: each for each in manifest.files}
    there = {path.name: path for path in folder.iterdir() if path.name != MANIFEST}
    for name in sorted(listed.keys() | there.keys()):
        if name not in listed:
            yield f"{name} is not listed."
        elif name not in there or not is_regular(there[name]):
            yield f"{name} is missing."
        elif not is_as_listed(there[name], listed[name]):
            yield f"{name} is not as it was published."


def manifest_of(folder: Path, manifest_sha256: str) -> ReleaseManifest:
    """Give the manifest of a published release.

    Raises AlteredReleaseError when it is not the one of this hash, OSError.
    """
    found = _manifest(folder, manifest_sha256)
    if isinstance(found, str):
        raise AlteredReleaseError(found)
    return found


def hash_of_manifest(folder: Path) -> str:
    """Give the SHA-256 of a release's manifest, which stands for all of it.

    Raises OSError.
    """
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def is_as_listed(path: Path, listed: ReleasedFile) -> bool:
    """Say whether a file has the size and the hash that the manifest tells.

    Raises OSError.
    """
    if path.stat().st_size != listed.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == listed.sha256


def is_regular(path: Path) -> bool:
    """Say whether this is a file of the release's own, and no link to another."""
    return path.is_file() and not path.is_symlink()


def _manifest(folder: Path, manifest_sha256: str | None) -> ReleaseManifest | str:
    path = folder / MANIFEST
    if not is_regular(path):
        return "There is no manifest: this is no release, or not the whole of one."
    content = path.read_bytes()
    if manifest_sha256 not in (None, hashlib.sha256(content).hexdigest()):
        return "The manifest is not the one that was published."
    try:
        return ReleaseManifest.from_json(content)
    except msgspec.DecodeError:
        return "The manifest cannot be read."
