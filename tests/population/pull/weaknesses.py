"""Plant what a careless pull would do, so that the tests of killed pulls are seen to find it."""

import hashlib
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace

from gateway.population import pull, pull_manifest, pull_writing
from gateway.population.pull_ground import Cleaned
from tests.population.pull.cleaning import SmallCleaning


def plant(weakness: str) -> None:
    """Weaken this process."""
    WEAKNESSES[weakness]()


def _keep_raw_rows() -> None:
    async def knowing(_self, _patients):
        return lambda ndjson, _resource_type: Cleaned(ndjson)

    SmallCleaning.knowing = knowing


def _write_parts_when_all_are_there() -> None:
    whole, put = pull_writing.write_partition, pull.write_manifest
    waiting: list[tuple[object, ...]] = []

    def postponed(*asked):
        waiting.append(asked)
        _, partition, rows = asked
        digest = hashlib.sha256(rows).hexdigest()
        return replace(partition, rows=rows.count(b"\n"), sha256=digest)

    def put_all(folder, manifest):
        for asked in waiting:
            whole(*asked)
        put(folder, manifest)

    pull_writing.write_partition, pull.write_manifest = postponed, put_all


def _write_the_manifest_in_its_place() -> None:
    def killed_meanwhile(path, content):
        path.write_bytes(content[: len(content) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    pull_manifest.write_whole = lambda path, content: (
        killed_meanwhile(path, content)
        if path.name == pull_manifest.MANIFEST
        else path.write_bytes(content)
    )


WEAKNESSES: Mapping[str, Callable[[], None]] = {
    "raw rows are kept": _keep_raw_rows,
    "a part is in the checkpoint before it is at rest": _write_parts_when_all_are_there,
    "the manifest is written in its place": _write_the_manifest_in_its_place,
}
