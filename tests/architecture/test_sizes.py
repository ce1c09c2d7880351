"""Files and functions stay small enough to be read at once."""

import ast

import pytest

from tests.architecture.source_tree import PACKAGES, Sources, nodes_of, sources

LINES_OF_FILE = 300
LINES_OF_FUNCTION = 40
LINES_OF_TEST = 15
"""On one screen with what it needs; a table of cases may make one in twenty longer."""


def too_long(found: Sources) -> set[str]:
    """Give files and functions beyond their ceiling."""
    files = {path for path, text in found.items() if len(text.splitlines()) > LINES_OF_FILE}
    return files | {
        f"{path}:{node.name}"
        for path, node in nodes_of(found)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= LINES_OF_FUNCTION
    }


@pytest.mark.parametrize("folder", [*PACKAGES, "tests", "bench"])
def test_no_file_and_no_function_is_too_long(folder: str):
    found = sources(folder)

    assert found
    assert too_long(found) == set()


def test_nineteen_tests_of_twenty_are_at_most_fifteen_lines():
    lengths = [
        node.end_lineno - node.lineno + 1
        for _path, node in nodes_of(sources("tests"))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    ]

    assert len(lengths) > 1000
    assert sum(length > LINES_OF_TEST for length in lengths) <= len(lengths) / 20


def test_a_long_function_and_a_long_file_are_found():
    body = "    pass\n" * 300
    planted = {"long.py": f"async def go():\n{body}"}

    assert too_long(planted) == {"long.py", "long.py:go"}
