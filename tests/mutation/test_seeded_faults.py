"""Each dangerous fault that is seeded into the code is found by the tests named for it.

`SCR_PROVE_COUNT` sets how many faults are tried, `SCR_PROVE_SEED` repeats a choice. The full run is `make prove
NAME=SEEDED`; by hand, `python -m tests.mutation NAME`.
"""

import os
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT
from tests.mutation.copied_tree import copy_project
from tests.mutation.faults import Fault, missed_by, passes, seeded_faults
from tests.promised import PROMISES

FAULTS = seeded_faults()
COUNT = int(os.environ.get("SCR_PROVE_COUNT", "3"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
CHOSEN = random.Random(SEED).sample(FAULTS, min(COUNT, len(FAULTS)))
AREAS = (
    "adapters/stu3_to_r4/",
    "gateway/patient/",
    "adapters/transport.py",
    "gateway/access/",
    "rbac/",
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("tree"))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_what_a_fault_changes_stands_in_the_code_once_and_its_tests_are_there(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text("utf-8").count(fault.old) == 1
    assert fault.new != fault.old
    assert fault.tests
    for test in fault.tests:
        path, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text("utf-8")


def test_faults_are_seeded_in_every_part_that_was_promised() -> None:
    files = [fault.file for fault in FAULTS]

    assert len({fault.name for fault in FAULTS}) == len(FAULTS) == PROMISES["SEEDED"].count
    for area in AREAS:
        assert sum(file.startswith(area) for file in files) >= 5


def test_the_named_tests_pass_while_nothing_is_wrong(tree: Path) -> None:
    assert passes((test for fault in CHOSEN for test in fault.tests), tree)


@pytest.mark.parametrize("fault", CHOSEN, ids=lambda fault: fault.name)
def test_a_seeded_fault_is_found(
    fault: Fault, tree: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", SEED)

    assert missed_by(fault, tree) == frozenset(), f"SCR_PROVE_SEED={SEED}"


@pytest.mark.parametrize(
    "new", ["  # nothing is wrong", "\nthis is no Python", "\nraise SystemExit"]
)
def test_what_changes_nothing_or_runs_nowhere_is_not_taken_for_found(new: str, tree: Path) -> None:
    fault = next(each for each in FAULTS if each.name == "a-breaker-that-opens-late")

    missing = missed_by(replace(fault, new=f"{fault.old}{new}"), tree)

    assert missing == set(fault.tests)
    assert (tree / fault.file).read_text("utf-8") == (ROOT / fault.file).read_text("utf-8")
