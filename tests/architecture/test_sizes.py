"""Files and functions stay small enough to be read at once."""

import ast

from tests.architecture.source_tree import Sources, nodes_of, sources

LINES_OF_FILE = 300
LINES_OF_FUNCTION = 40


def too_long(found: Sources) -> set[str]:
    """Give files and functions beyond their ceiling."""
    files = {path for path, text in found.items() if len(text.splitlines()) > LINES_OF_FILE}
    return files | {
        f"{path}:{node.name}"
        for path, node in nodes_of(found)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= LINES_OF_FUNCTION
    }


def test_no_file_and_no_function_is_too_long():
    assert too_long(sources()) == set()


def test_a_long_function_and_a_long_file_are_found():
    body = "    pass\n" * 300
    planted = {"long.py": f"async def go():\n{body}"}

    assert too_long(planted) == {"long.py", "long.py:go"}
