"""Change one thing at a time in the proof of whose record it is, and see whether a test notices.

The changes are mutmut's; `[tool.mutmut]` in pyproject.toml says where and held against which tests. The ones
that no test can notice stand in `equivalent_mutants.toml`, each with its reason.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.copied_tree import environment

LIST = Path(__file__).with_name("equivalent_mutants.toml")
# How pytest ends when a test fails or breaks down, and when none comes to an end (SIGXCPU, after fifteen
# times what they take): nobody overlooks a test that never ends.
_NOTICED = frozenset({1, 3, -24})
_NAME = re.compile(r"(?:.*ǁ|.*\.x_)(\w+)__mutmut_\d+")
_SECONDS_OF_A_RUN = 1800


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed in a function: the lines before and after, without their indentation."""

    function: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Score:
    """How many changes were tried, how many a test noticed, and which nobody did."""

    tried: int
    noticed: int
    unnoticed: frozenset[Change]


def equivalent_changes() -> dict[Change, str]:
    """Read the changes that no test can notice, and why."""
    listed = tomllib.loads(LIST.read_text("utf-8"))["change"]
    return {Change(each["function"], each["old"], each["new"]): each["because"] for each in listed}


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
    kept = sorted((tree / "mutants" / "gateway").rglob("*.py.meta"))
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
