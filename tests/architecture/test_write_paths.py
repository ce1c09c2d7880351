"""Whatever writes is one of the write paths whose every call of the disk is made to fail (P22)."""

import ast
from collections.abc import Iterator
from functools import cache

from tests.architecture.source_tree import PACKAGES, Sources, sources
from tests.faults.exempt_paths import EXEMPT
from tests.faults.write_paths import ACTS

WRITING, EXEMPTED = "Writing", "ExemptWriting"
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def whole() -> Sources:
    """Give the modules that may write at all."""
    return {
        path: text
        for path, text in sources(*PACKAGES).items()
        if any(word in text for word in ("recorded(", "write_exempt(", ".do(", WRITING))
    }


def functions_of(found: Sources) -> Iterator[tuple[str, FUNCTION]]:
    """Give every function by its path and name."""
    for path, text in found.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, FUNCTION):
                yield f"{path}:{node.name}", node


def calling(found: Sources, method: str) -> set[str]:
    """Name the functions that call a method of this name themselves."""
    return {
        name
        for name, node in functions_of(found)
        if any(_is_call(each, method) for each in ast.walk(node))
    }


def done_in(found: Sources) -> dict[str, set[str]]:
    """Name by function what it has a recorded session do."""
    return {
        name: done
        for name, node in functions_of(found)
        if (done := {_first_argument(each) for each in ast.walk(node) if _is_call(each, "do")})
    }


def writers(found: Sources) -> set[str]:
    """Name the functions of the store that take the session of a recorded act."""
    return {
        node.name
        for name, node in functions_of(found)
        if node.args.args and _annotation(node.args.args[0]) == WRITING
        if name.startswith(("gateway/store/", "gateway/audit/retention"))
        if not node.name.startswith("_")
    }


def covered() -> set[str]:
    return {step[0].__name__ for act in ACTS.values() for step in act.steps}


def test_every_function_that_records_effects_is_of_a_write_path():
    named = {function for act in ACTS.values() for function in act.functions}

    assert calling(whole(), "recorded") - named == set(), "list it in write_paths.py"
    assert named - set(done_in(whole())) - calling(whole(), "recorded") == set()


def test_every_write_without_an_entry_is_a_write_path():
    named = {path.function for path in EXEMPT.values()}

    assert calling(whole(), "write_exempt") == named, "list it in exempt_paths.py"


def test_every_writing_function_of_the_store_is_a_step_of_a_write_path():
    # They are steps of others of the store, which are listed.
    within_others = {"release_identity", "withdraw_objection"}

    assert writers(whole()) - covered() == within_others


def test_what_a_function_has_done_is_done_by_the_paths_that_name_it():
    known = writers(whole())

    for function, done in done_in(whole()).items():
        acts = [act for act in ACTS.values() if function in act.functions]
        assert done & known - {step[0].__name__ for act in acts for step in act.steps} == set()


def test_a_new_write_path_is_found():
    planted = {
        "gateway/a.py": "async def save(log):\n    async with log.recorded(e) as s:\n        await s.do(keep, 1)\n",
        "gateway/store/b.py": "def keep(writing: Writing, x: int) -> None: ...\n",
    }

    assert calling(planted, "recorded") == {"gateway/a.py:save"}
    assert done_in(planted) == {"gateway/a.py:save": {"keep"}}
    assert writers(planted) == {"keep"}


def _is_call(node: ast.AST, method: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return name == method
        case _:
            return False


def _first_argument(node: ast.AST) -> str:
    match node:
        case ast.Call(args=[ast.Name(id=name), *_]):
            return name
        case _:
            return ""


def _annotation(argument: ast.arg) -> str:
    return argument.annotation.id if isinstance(argument.annotation, ast.Name) else ""
