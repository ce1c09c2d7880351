"""Every route asks who is there, or stands on the list of public ones."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source_tree import Sources, called, sources

PUBLIC = {
    "/health/live",
    "/health/ready",
    "/version",
    # Asks for the operator's token, which is nobody's of the care record.
    "/metrics",
    # Of the audit: what everybody may check it with.
    "/key",
    "/checkpoint",
    "/fhir/metadata",
    "/fhir/.well-known/smart-configuration",
    "/",
    "/sign-in",
    "/sign-in/with/{provider}",
    "CALLBACK_PATH",
    "NAMED_CALLBACK_PATH",
    "LOGOUT_PATH",
    "/static",
}
_ASKING = {"caller_of", "caller_of_any_format", "for_visitors", "for_choosers"} | {
    # Of planners, who may state what they come for.
    *("planner_of", "planner_of_any_format"),
    # Of machines: the second finds what one of them began.
    *("bulk_client_of", "under_way"),
}
_UNSEEN = {"add_route", "add_api_route", "api_route", "websocket", "add_websocket_route"}


def open_routes(found: Sources) -> set[str]:
    """Give the paths of routes that do not ask for a principal."""
    modules = [ast.parse(text) for text in found.values()]
    kinds = {kind for module in modules for kind in _kinds_of_route(module)}
    return {path for module in modules for path in _open(module, kinds)}


def _open(module: ast.Module, kinds: set[str]) -> Iterator[str]:
    functions = {n.name: n for n in module.body if isinstance(n, ast.AsyncFunctionDef)}
    for function in functions.values():
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call) and not _asks(function, functions):
                yield ast.literal_eval(decorator.args[0])
    for node in ast.walk(module):
        if called(node) in _UNSEEN:
            yield called(node) or ""
        if called(node) in kinds and called(node.args[1]) not in _ASKING:
            yield ast.unparse(node.args[0]).strip("'")


def _kinds_of_route(module: ast.Module) -> set[str]:
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    own = {each.name for each in classes if {"Route"} & {ast.unparse(b) for b in each.bases}}
    return {"Route", "Mount", *own}


def _asks(function: ast.AST, functions: dict[str, ast.AsyncFunctionDef]) -> bool:
    names = {called(node) for node in ast.walk(function)}
    return bool(names & _ASKING) or any(
        _asks(functions[name], functions)
        for name in names & functions.keys()
        if functions[name] is not function
    )


def test_every_route_asks_who_is_there_or_is_public():
    assert open_routes(sources("gateway/api", "gateway/web")) == PUBLIC


def test_a_route_that_asks_nobody_is_found():
    text = (
        '@router.get("/records")\nasync def records(request):\n    return await all_of(request)\n'
    )

    assert open_routes({"planted.py": text}) == {"/records"}


@pytest.mark.parametrize("kind", ["Route", "_Page"])
def test_a_page_for_anyone_is_found(kind):
    text = f'class _Page(Route): pass\nroutes = [{kind}("/records", for_anyone(records))]\n'

    assert open_routes({"planted.py": text}) == {"/records"}
