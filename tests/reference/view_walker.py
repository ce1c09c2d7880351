"""Run a ViewDefinition over parsed resources, slowly and plainly, as the specification's algorithm is written.

It is the other side of a comparison and makes no SQL. JSON must be parsed with `parse_float=Decimal`: a decimal's
digits tell its boundaries. Follows SQL on FHIR v2, "Processing Algorithm", "Environment Variables" and "Using Constants";
where the published cases say otherwise, they win, and a comment says so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any, Final

from tests.reference.fhirpath_items import Item, children, values
from tests.reference.fhirpath_parser import Call, Node, Variable, ViewError, parse, walk
from tests.reference.fhirpath_walker import FUNCTIONS, Scope, evaluate

Row = dict[str, Any]

ROW_INDEX: Final = "rowIndex"
_ITERATIONS: Final = ("forEach", "forEachOrNull", "repeat")
# ViewDefinition, invariant sql-name.
_SQL_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

_parsed = cache(parse)


@dataclass(frozen=True, slots=True)
class _Run:
    constants: Mapping[str, Item]
    row_index: int = 0
    is_lenient: bool = False

    def evaluated(self, path: str, node: Item) -> list[Item]:
        variables = {**self.constants, ROW_INDEX: Item(self.row_index, "integer")}
        return evaluate(_parsed(path), [node], Scope([node], variables))


def run_view(view: Mapping[str, Any], resources: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Give a view's rows, resource by resource; each row's columns in the view's order.

    Raises ViewError when the view is not valid, or where a resource's values make an error of it.
    """
    return _all_rows(view, resources, _Run(_constants(view)))


def run_view_leniently(
    view: Mapping[str, Any], resources: Iterable[Mapping[str, Any]]
) -> list[Row]:
    """Give the same where several values for one column are an error only of a row that holds them.

    The algorithm ends at them before it knows whether an empty neighbour leaves any row; the definition of
    `collection` says "if multiple values are produced", and what no row holds may be said not to be.
    """
    return _all_rows(view, resources, _Run(_constants(view), is_lenient=True))


@dataclass(frozen=True, slots=True)
class _Several:
    """What stands for several values until a row is made of them."""

    column: str


def _all_rows(
    view: Mapping[str, Any], resources: Iterable[Mapping[str, Any]], run: _Run
) -> list[Row]:
    columns_of_view(view)
    rows = [row for resource in resources for row in _rows_of_resource(view, resource, run)]
    for value in (value for row in rows for value in row.values()):
        if isinstance(value, _Several):
            raise ViewError(f"several values for column {value.column}")
    return rows


def columns_of_view(view: Mapping[str, Any]) -> list[str]:
    """Give the names of a view's columns, in order.

    Raises ViewError when the view is not valid.
    """
    if not isinstance(view.get("resource"), str) or not view["resource"]:
        raise ViewError("a view names one type of resource")
    if not view.get("select"):
        raise ViewError("a view selects something")
    known = {*_constants(view), ROW_INDEX}
    for each in view.get("where", ()):
        _check_path(each.get("path"), known)
    return [name for name, _path in _columns({"select": view["select"]}, [], known)]


def _constants(view: Mapping[str, Any]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for constant in view.get("constant", ()):
        given = [*children(Item(constant), "value")]
        if not _is_sql_name(constant.get("name")) or len(values(given)) != 1:
            raise ViewError("a constant has a name and one value")
        found[constant["name"]] = given[0]
    return found


def _is_sql_name(name: object) -> bool:
    return isinstance(name, str) and _SQL_NAME.fullmatch(name) is not None


def _check_path(path: object, known: set[str]) -> None:
    if not isinstance(path, str):
        raise ViewError("a path is a text")
    for node in walk(_parsed(path)):
        _check_node(node, known)


def _check_node(node: Node, known: set[str]) -> None:
    if isinstance(node, Variable) and node.name not in known:
        raise ViewError(f"%{node.name} is not defined")
    if isinstance(node, Call):
        function = FUNCTIONS.get(node.name)
        if function is None or not function.least <= len(node.arguments) <= function.most:
            raise ViewError(f"{node.name}() is no function of the subset, or its arguments are not")


Columns = list[tuple[str, str]]


def _columns(selection: Mapping[str, Any], before: Columns, known: set[str]) -> Columns:
    """ValidateColumns(S, C): give each column's name and path, those before first."""
    _check_iteration(selection, known)
    columns = list(before)
    for column in selection.get("column", ()):
        _check_path(column.get("path"), known)
        columns += _new(column.get("name"), column["path"], columns)
    for inner in selection.get("select", ()):
        columns = _columns(inner, columns, known)
    if branches := selection.get("unionAll", ()):
        several = [_columns(branch, columns, known) for branch in branches]
        if len({tuple(name for name, _path in each) for each in several}) > 1:
            raise ViewError("the branches of a union have different columns")
        columns = several[0]
    return columns


def _new(name: object, path: str, columns: Columns) -> Columns:
    if not isinstance(name, str) or not _is_sql_name(name):
        raise ViewError("a column's name is of letters, digits and underscores")
    if name in dict(columns):
        raise ViewError(f"column {name} is defined twice")
    return [(name, path)]


def _check_iteration(selection: Mapping[str, Any], known: set[str]) -> None:
    given = [selection[each] for each in _ITERATIONS if each in selection]
    if len(given) > 1:
        raise ViewError("a selection iterates in one way")
    for each in given:
        for path in each if isinstance(each, list) else [each]:
            _check_path(path, known)


def _rows_of_resource(
    view: Mapping[str, Any], resource: Mapping[str, Any], run: _Run
) -> Iterator[Row]:
    """Process a Resource: give nothing of one of another type, or that a filter does not let through."""
    if resource.get("resourceType") != view["resource"]:
        return
    root = Item(resource, view["resource"])
    if all(_is_candidate(each["path"], root, run) for each in view.get("where", ())):
        yield from _process({"select": view["select"]}, root, run)


def _is_candidate(path: str, root: Item, run: _Run) -> bool:
    found = values(run.evaluated(path, root))
    # The published case "where with path resolving to not boolean": an error, not a true.
    if len(found) > 1 or any(not isinstance(each, bool) for each in found):
        raise ViewError(f"the filter {path!r} is no Boolean")
    return found == [True]


def _process(selection: Mapping[str, Any], node: Item, run: _Run) -> Iterator[Row]:
    """Process(S, N): give all rows of a selection at a node."""
    foci = _foci(selection, node, run)
    for index, focus in enumerate(foci):
        # Only what iterates has an index of its own; the rest inherit it.
        here = replace(run, row_index=index) if _iterates(selection) else run
        for parts in product(*_parts(selection, focus, here)):
            yield {name: value for part in parts for name, value in part.items()}
    if not foci and "forEachOrNull" in selection:
        known = {*run.constants, ROW_INDEX}
        columns = _columns(selection, [], known)
        yield {name: 0 if path == f"%{ROW_INDEX}" else None for name, path in columns}


def _iterates(selection: Mapping[str, Any]) -> bool:
    return any(each in selection for each in _ITERATIONS)


def _foci(selection: Mapping[str, Any], node: Item, run: _Run) -> list[Item]:
    if "repeat" in selection:
        return [*_traversed(selection["repeat"], node, run)]
    path = selection.get("forEach", selection.get("forEachOrNull"))
    return [node] if path is None else run.evaluated(path, node)


def _traversed(paths: Sequence[str], node: Item, run: _Run) -> Iterator[Item]:
    for path in paths:
        for child in run.evaluated(path, node):
            yield child
            yield from _traversed(paths, child, run)


def _parts(selection: Mapping[str, Any], focus: Item, run: _Run) -> Iterator[list[Row]]:
    for column in selection.get("column", ()):
        found = run.evaluated(column["path"], focus)
        yield [{column["name"]: _value(column, found, is_lenient=run.is_lenient)}]
    for inner in selection.get("select", ()):
        yield [*_process(inner, focus, run)]
    if branches := selection.get("unionAll", ()):
        yield [row for branch in branches for row in _process(branch, focus, run)]


def _value(column: Mapping[str, Any], found: Sequence[Item], *, is_lenient: bool = False) -> Any:
    # The published cases give a list for a collection, of one and of none too; the algorithm gives the one or null.
    if column.get("collection") is True:
        return values(found)
    if len(found) > 1 and not is_lenient:
        raise ViewError(f"several values for column {column['name']}")
    return _Several(column["name"]) if len(found) > 1 else next(iter(values(found)), None)
