"""What is changed in the proof of whose record it is, a test notices (mutmut).

`SCR_PROVE_COUNT` has every function changed instead of three by chance; `SCR_PROVE_SEED` repeats a choice. The
full run is `make prove NAME=MUTATION-VERIFY`.
"""

import ast
import os
import random
import re
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from tests.architecture.source_tree import ROOT
from tests.mutation.copied_tree import copy_project
from tests.mutation.mutants import equivalent_changes, score_of
from tests.promised import PROMISES

IS_WHOLE = "SCR_PROVE_COUNT" in os.environ  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
LEAST_SCORE = 0.9
"""Of all changes, those that no test can notice counted as unnoticed."""

CONFIGURED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
FILES = [ROOT / name for name in CONFIGURED["only_mutate"]]


def functions() -> list[str]:
    nodes = [node for file in FILES for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    return sorted({node.name for node in nodes if isinstance(node, ast.FunctionDef)})


def test_a_change_to_the_proof_of_whose_record_it_is_is_noticed(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chosen = [] if IS_WHOLE else random.Random(SEED).sample(functions(), 3)

    score = score_of(copy_project(tmp_path), chosen)

    record_property("seed", SEED)
    record_property("tried", score.tried)
    record_property("noticed", score.noticed)
    assert score.tried
    assert score.unnoticed <= equivalent_changes().keys(), f"SCR_PROVE_SEED={SEED}"
    if IS_WHOLE:
        assert score.unnoticed == equivalent_changes().keys()
        assert score.tried >= PROMISES["MUTATION-VERIFY"].count
        assert score.noticed >= LEAST_SCORE * score.tried


def test_every_change_that_cannot_be_noticed_is_to_lines_that_are_there() -> None:
    lines = [line.strip() for file in FILES for line in file.read_text("utf-8").splitlines()]
    whole = " ".join(lines)

    for change, reason in equivalent_changes().items():
        assert change.old in whole, change
        assert change.function in functions(), change
        assert re.fullmatch(r"[A-Z].*\.", reason), change
