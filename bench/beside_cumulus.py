"""Time cumulus-etl, in an environment of its own, on the export that ours was timed on.

Its start and its looking at an export are taken off, by a run over one resource of each type: of ours no start is counted either.
"""

import resource
import subprocess
from collections.abc import Iterable
from pathlib import Path

import orjson


def timed_cumulus(command: Path, lines: bytes, folder: Path) -> tuple[float, int]:
    """Give the processor seconds of its work, and the bytes that it left."""
    by_kind: dict[str, list[bytes]] = {}
    for line in lines.splitlines():
        by_kind.setdefault(orjson.loads(line)["resourceType"], []).append(line)
    for kind, found in by_kind.items():
        _write(folder / "little", kind, found[:1])
        _write(folder / "whole", kind, found)
    start, whole = (_run(command, folder / each) for each in ("little", "whole"))
    written = (folder / "whole-out").rglob("*.ndjson")
    return whole - start, sum(path.stat().st_size for path in written)


def _write(folder: Path, kind: str, lines: Iterable[bytes]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{kind}.ndjson").write_bytes(b"\n".join(lines) + b"\n")


def _run(command: Path, export: Path) -> float:
    """Run it with its defaults, as its documentation says, into NDJSON."""
    out, secrets = (export.with_name(f"{export.name}-{each}") for each in ("out", "secrets"))
    words = ["--output-format=ndjson", "--allow-missing-resources", "--export-group=bench"]
    then = "--export-timestamp=2026-01-01T00:00:00Z"
    began = _seconds_of_children()
    run = [command, "etl", export, out, secrets, *words, then]
    subprocess.run(run, check=True, capture_output=True)
    return _seconds_of_children() - began


def _seconds_of_children() -> float:
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
