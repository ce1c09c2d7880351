"""Change one thing at a time in the code that decides, and see whether a test notices.

The changes are mutmut's; `mutated_areas.toml` says where, and held against which tests. For some areas the ones
that no test can notice stand in `equivalent_mutants_….toml`, each with its reason.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.architecture.source_tree import PACKAGES, ROOT
from tests.mutation.copied_tree import copy_project, environment

AREAS = Path(__file__).with_name("mutated_areas.toml")
# How pytest ends when a test fails or breaks down, and when none comes to an end (SIGXCPU, after fifteen
# times what they take): nobody overlooks a test that never ends.
_NOTICED = frozenset({1, 3, -24})
_NAME = re.compile(r"(?:.*ǁ|.*\.x_)(\w+)__mutmut_\d+")
_SECONDS_OF_A_RUN = 7200


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed in a function: the lines before and after, without their indentation."""

    function: str
    old: str
    new: str


@dataclass(frozen=True)
class Area:
    """One part of the code: its files, by pattern, and the tests that must notice any change to it."""

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """Give the files there are."""
        return tuple(path for each in self.files for path in sorted(ROOT.glob(each)))

    @property
    def is_listed(self) -> bool:
        """Say whether every change that no test can notice is listed."""
        return self._list.exists()

    @cached_property
    def equivalent(self) -> dict[Change, str]:
        """Read the changes that no test can notice, and why; for an area that is listed."""
        listed = tomllib.loads(self._list.read_text("utf-8")).get("change", [])
        return {
            Change(each["function"], each["old"], each["new"]): each["because"] for each in listed
        }

    @property
    def _list(self) -> Path:
        return AREAS.with_name(f"equivalent_mutants_{self.name}.toml")


@dataclass(frozen=True, slots=True)
class Score:
    """How many changes were tried, how many a test noticed, and which nobody did."""

    tried: int
    noticed: int
    unnoticed: frozenset[Change]


def areas() -> dict[str, Area]:
    """Read the areas, by name."""
    listed = tomllib.loads(AREAS.read_text("utf-8"))
    return {
        name: Area(name, tuple(each["files"]), tuple(each["tests"]))
        for name, each in listed.items()
    }


def copy_for(area: Area, folder: Path) -> Path:
    """Copy the project with mutmut set to an area; give the root of the copy."""
    tree = copy_project(folder)
    package = area.files[0].split("/")[0]
    settings = {
        "source_paths": [package],
        "only_mutate": area.files,
        "also_copy": [each for each in PACKAGES if each != package],
        "pytest_add_cli_args": ["-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": area.tests,
    }
    # A list of texts is written alike in JSON and in TOML.
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    with (tree / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[tool.mutmut]\n{lines}")
    return tree


def score_of(tree: Path, functions: Iterable[str] = ()) -> Score:
    """Try every change in a copy of the project, or those of some functions.

    Raises RuntimeError when the tests do not run, or do not pass while nothing is changed.
    """
    _mutmut(tree, "run", "--max-children", "1", *(f"*[_ǁ]{each}__mutmut_*" for each in functions))
    tried = {name: code for name, code in _statuses(tree).items() if code is not None}
    unnoticed = [name for name, code in tried.items() if code not in _NOTICED]
    changes = frozenset(_change_of(tree, name) for name in unnoticed)
    return Score(len(tried), len(tried) - len(unnoticed), changes)


def _statuses(tree: Path) -> dict[str, int | None]:
    kept = sorted((tree / "mutants").rglob("*.py.meta"))
    every = [json.loads(each.read_text("utf-8"))["exit_code_by_key"] for each in kept]
    return {name: code for each in every for name, code in each.items()}


def _change_of(tree: Path, name: str) -> Change:
    named = _NAME.fullmatch(name)
    assert named is not None, name
    told = _mutmut(tree, "show", name).splitlines()
    old, new = (
        " ".join(line[1:].strip() for line in told if re.match(rf"\{sign}(?!\{sign}\{sign})", line))
        for sign in "-+"
    )
    return Change(named[1], old, new)


def _mutmut(tree: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *words],
        cwd=tree,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=_SECONDS_OF_A_RUN,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    return done.stdout
