"""The outsider's verifier stands alone: it imports nothing of ours."""

import ast
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OWN = ("tests.outsider",)
VERIFIER = sorted(
    each.name for each in HERE.glob("*.py") if not each.name.startswith(("test_", "conftest"))
)


@pytest.mark.parametrize("name", VERIFIER)
def test_the_outsiders_verifier_imports_the_standard_library_and_cryptography_alone(name: str):
    tree = ast.parse((HERE / name).read_text("utf-8"))
    imported = {
        module
        for node in ast.walk(tree)
        for module in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }

    others = {each for each in imported if each.partition(".")[0] not in sys.stdlib_module_names}
    assert {each for each in others if not each.startswith(("cryptography", *OWN))} == set()
    assert imported
