"""Put one dangerous fault at a time into a copy of the project, and see whether the tests find it.

The faults stand in `seeded_faults.toml`; `tests` names those of which every one must fail.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path

from tests.mutation.copied_tree import environment

LIST = Path(__file__).with_name("seeded_faults.toml")
_FAILED = re.compile(r"^FAILED ([^\s\[]+)", re.MULTILINE)
# Ten times what the slowest named test takes: a fault that makes a test hang is not found by it.
_SECONDS_OF_A_RUN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: in `file`, `old` (which stands there once) becomes `new`; `harm` is what comes of it."""

    name: str
    harm: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def seeded_faults() -> tuple[Fault, ...]:
    """Read the list of faults."""
    listed = tomllib.loads(LIST.read_text("utf-8"))["fault"]
    return tuple(Fault(**{**each, "tests": tuple(each["tests"])}) for each in listed)


def missed_by(fault: Fault, tree: Path) -> frozenset[str]:
    """Make the copy wrong, run the named tests, make it right again; give those that did not fail."""
    with made_wrong(tree / fault.file, fault):
        return frozenset(fault.tests) - _failing(fault.tests, tree)


def passes(tests: Iterable[str], tree: Path) -> bool:
    """Say whether tests pass in a copy as it is."""
    return _run(tests, tree).returncode == 0


@contextmanager
def made_wrong(file: Path, fault: Fault) -> Iterator[None]:
    """Let a file hold a fault until the block ends."""
    right = file.read_text("utf-8")
    assert right.count(fault.old) == 1, fault.name
    _write(file, right.replace(fault.old, fault.new))
    try:
        yield
    finally:
        _write(file, right)


def _write(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")
    # Compiled code counts as current when second and size agree, as they may here.
    Path(cache_from_source(str(file))).unlink(missing_ok=True)


def _failing(tests: Iterable[str], tree: Path) -> frozenset[str]:
    try:
        done = _run(tests, tree)
    except subprocess.TimeoutExpired:
        return frozenset()
    # Any other status than 1 says that tests could not run at all, which shows nothing.
    return frozenset(_FAILED.findall(done.stdout)) if done.returncode == 1 else frozenset()


def _run(tests: Iterable[str], tree: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-rf", "--tb=no", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *sorted(set(tests))],
        cwd=tree,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=_SECONDS_OF_A_RUN,
        check=False,
    )
