"""Each leak that is planted is found by P15: what could show a withheld item, and does not, is really looked at.

`SCR_PROVE_COUNT` sets how many leaks are tried, `SCR_PROVE_SEED` repeats a choice. The list is `planted_leaks.toml`.
"""

import os
import random
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT
from tests.inference.shapes import every_shape
from tests.mutation.copied_tree import copy_project, environment
from tests.mutation.faults import Fault, made_wrong

LIST = Path(__file__).with_name("planted_leaks.toml")
P15 = "tests/inference/test_p15_hidden_is_absent.py"
PAIRS_OF_WORLDS = 24
SECONDS_OF_A_RUN = 300


@dataclass(frozen=True)
class Leak:
    """One leak: in `file`, `old` (which stands there once) becomes `new`; `shapes` are the requests it shows in."""

    name: str
    channel: str
    file: str
    old: str
    new: str
    shapes: tuple[str, ...]


LEAKS = tuple(
    Leak(**{**each, "shapes": tuple(each["shapes"])})
    for each in tomllib.loads(LIST.read_text("utf-8"))["leak"]
)
COUNT = int(os.environ.get("SCR_PROVE_COUNT", "2"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
CHOSEN = random.Random(SEED).sample(LEAKS, min(COUNT, len(LEAKS)))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("tree"))


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.name)
def test_what_a_leak_changes_stands_in_the_code_once_and_is_asked_about(leak: Leak) -> None:
    assert (ROOT / leak.file).read_text("utf-8").count(leak.old) == 1
    assert leak.new != leak.old
    assert leak.shapes
    assert set(leak.shapes) <= every_shape().keys()


def test_there_is_a_leak_for_every_channel_that_was_promised() -> None:
    channels = [leak.channel for leak in LEAKS]

    assert len(set(channels)) == len(channels) >= 10
    assert {"total", "page", "sort and search", "include", "ETag", "narrative"} <= set(channels)
    assert {"receipt", "Linkage", "reference text", "error", "Content-Length"} <= set(channels)


@pytest.mark.parametrize("leak", CHOSEN, ids=lambda leak: leak.name)
def test_a_planted_leak_is_found(
    leak: Leak, tree: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", SEED)
    fault = Fault(leak.name, leak.channel, leak.file, leak.old, leak.new, (P15,))

    with made_wrong(tree / leak.file, fault):
        done = run_p15(tree, leak.shapes)

    # The difference itself is told: that a run broke in some other way shows nothing.
    assert done.returncode == 1, done.stdout[-2000:]
    assert "AssertionError: pair '1|" in done.stdout, done.stdout[-2000:]


def run_p15(tree: Path, shapes: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Ask about pairs of worlds of the fixed seed, by these shapes of request only."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", P15]
    chosen = {"SCR_PROVE_COUNT": str(PAIRS_OF_WORLDS), "SCR_P15_SHAPES": ";".join(shapes)}
    return subprocess.run(
        command,
        cwd=tree,
        env=environment() | chosen | {"SCR_PROVE_SEED": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS_OF_A_RUN,
        check=False,
    )
