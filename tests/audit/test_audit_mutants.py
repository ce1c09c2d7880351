"""What is changed in the audit, a test notices: nine of ten changes of each area (mutmut, by way of `tests/mutation`).

A score is of a whole area: it is tried in full, as `SCR_PROVE_COUNT` and `SCR_PROVE_AREA` say, or not at all. The full
runs are `make prove NAME=MUTATION-PROOFS`, `MUTATION-LOG`, `MUTATION-WRITING` and `MUTATION-TOLD`.
"""

import ast
import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT
from tests.mutation.mutants import Area, copy_for, score_of
from tests.promised import PROMISES

ONLY = os.environ.get("SCR_PROVE_AREA")  # noqa: TID251 - a switch of the test run
IS_WHOLE = "SCR_PROVE_COUNT" in os.environ  # noqa: TID251 - a switch of the test run
LEAST_SCORE = 0.9
"""Of all changes, those that no test can notice counted as unnoticed."""

LISTED = tomllib.loads(Path(__file__).with_name("mutated_areas.toml").read_text("utf-8"))


def asked(tests: list[str], without: list[str]) -> tuple[str, ...]:
    """Give what pytest is told: the files, but none of their tests in whose name one of these words is."""
    return (*tests, "-k", f"not ({' or '.join(without)})")


AREAS = {
    name: Area(name, tuple(each["files"]), asked(each["tests"], each["without"]))
    for name, each in LISTED.items()
}

if IS_WHOLE:

    @pytest.mark.parametrize("area", [AREAS[ONLY]] if ONLY else AREAS.values())
    def test_a_change_to_the_audit_is_noticed(
        area: Area,
        tmp_path: Path,
        record_property: Callable[[str, object], None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        # Hypothesis then has neither chance nor a deadline: a score must not hang on how busy the machine is.
        monkeypatch.setenv("CI", "true")

        score = score_of(copy_for(area, tmp_path))

        record_property("tried", score.tried)
        record_property("noticed", score.noticed)
        assert score.tried >= PROMISES[f"MUTATION-{area.name.upper()}"].count
        assert score.noticed >= LEAST_SCORE * score.tried, score.unnoticed


@pytest.mark.parametrize("name", AREAS)
def test_every_area_of_the_audit_is_promised_with_the_code_and_the_tests_that_it_has(
    name: str,
) -> None:
    promise = PROMISES[f"MUTATION-{name.upper()}"]

    assert len(AREAS[name].paths) == len(LISTED[name]["files"])
    assert promise.switches["SCR_PROVE_AREA"] == name
    assert {*LISTED[name]["files"], *LISTED[name]["tests"]} <= set(promise.code)
    assert {"tests/audit/mutated_areas.toml", "tests/audit/test_audit_mutants.py"} <= set(
        promise.code
    )
    assert all((ROOT / each).exists() for each in LISTED[name]["tests"])


def test_each_file_of_the_audit_is_in_one_area_or_has_no_function_to_change() -> None:
    areas = [path for area in AREAS.values() for path in area.paths]
    others = set((ROOT / "gateway" / "audit").rglob("*.py")) - set(areas)

    assert len(areas) == len(set(areas))
    assert [path for path in others if has_something_to_change(path)] == []


def has_something_to_change(path: Path) -> bool:
    # What is decorated is left alone by mutmut.
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return any(isinstance(node, ast.FunctionDef) and not node.decorator_list for node in nodes)
