"""What is changed in the code that decides, a test notices (mutmut).

`SCR_PROVE_COUNT` has every function of every area changed, instead of three by chance of the areas whose unnoticed
changes are all listed; `SCR_PROVE_SEED` repeats a choice, `SCR_PROVE_AREA` keeps to one area. The full runs are `make prove NAME=MUTATION-VERIFY` and so on.
"""

import ast
import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mutation.mutants import Area, areas, copy_for, score_of
from tests.promised import PROMISES

ONLY = os.environ.get("SCR_PROVE_AREA")  # noqa: TID251 - a switch of the test run
IS_WHOLE = "SCR_PROVE_COUNT" in os.environ  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
LEAST_SCORE = 0.9
"""Of all changes, those that no test can notice counted as unnoticed."""

EVERY = areas()
LISTED = {name: area for name, area in EVERY.items() if area.is_listed}
TRIED = {
    name: area for name, area in (EVERY if IS_WHOLE else LISTED).items() if ONLY in {None, name}
}


def functions(area: Area) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    nodes = [node for path in area.paths for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def chosen(area: Area) -> list[str]:
    """Give three functions by chance, of those that mutmut finds something to change in."""
    changed = {each.name for each in functions(area) if does_something(each)}
    return [] if IS_WHOLE else random.Random(SEED).sample(sorted(changed), 3)


def does_something(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    parts = [part for statement in function.body for part in ast.walk(statement)]
    return not function.decorator_list and any(
        isinstance(part, ast.Assign | ast.Compare) or (isinstance(part, ast.Call) and part.args)
        for part in parts
    )


@pytest.mark.parametrize("area", TRIED.values(), ids=TRIED)
def test_p23_a_change_to_the_code_that_decides_is_noticed(
    area: Area, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    score = score_of(copy_for(area, tmp_path), chosen(area))

    record_property("seed", SEED)
    record_property("tried", score.tried)
    record_property("noticed", score.noticed)
    assert score.tried
    if area.is_listed:
        assert score.unnoticed <= area.equivalent.keys(), f"SCR_PROVE_SEED={SEED}"
    if IS_WHOLE:
        assert not area.is_listed or score.unnoticed == area.equivalent.keys()
        assert score.tried >= PROMISES[f"MUTATION-{area.name.upper()}"].count
        assert score.noticed >= LEAST_SCORE * score.tried, score.unnoticed


@pytest.mark.parametrize("area", LISTED.values(), ids=LISTED)
def test_p23_every_change_that_cannot_be_noticed_is_to_lines_that_are_there(area: Area) -> None:
    texts = [path.read_text("utf-8") for path in area.paths]
    whole = " ".join(line.strip() for text in texts for line in text.splitlines())

    for change, reason in area.equivalent.items():
        assert change.old in whole, change
        assert change.function in {each.name for each in functions(area)}, change
        assert re.fullmatch(r"[A-Z].*\.", reason), change


@pytest.mark.parametrize("area", EVERY.values(), ids=EVERY)
def test_p23_every_area_is_promised_with_the_code_and_the_tests_that_it_has(area: Area) -> None:
    promise = PROMISES[f"MUTATION-{area.name.upper()}"]

    assert area.paths
    assert promise.switches["SCR_PROVE_AREA"] == area.name
    assert {"tests/mutation", *area.tests} <= set(promise.code)
