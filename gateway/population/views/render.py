"""Write the meaning of a path as an SQL expression.

Empty is NULL; a collection is a list, NULL or empty if nothing is in it. Every text goes through `quoting.py`.
"""

from decimal import Decimal

from gateway.population.views import elements, temporal
from gateway.population.views.quoting import identifier, text_literal
from gateway.population.views.shapes import DECIMAL
from gateway.population.views.snippets import (
    TOO_MANY,
    count,
    let,
    let_both,
    only,
    without_nulls,
)
from gateway.population.views.typed import (
    DATES,
    NUMBERS,
    Beside,
    Bound,
    Boundary,
    Exists,
    Family,
    Fixed,
    Guarded,
    Joined,
    Kept,
    Negated,
    Not,
    Nothing,
    Operation,
    Picked,
    ReferenceKey,
    Resource,
    RowIndex,
    Step,
    Typed,
)

# FHIR R4, 2.3.0.1 (literal references): [base/]Type/id, perhaps of a version; not `#contained` nor `Type?search`.
_ID = "[A-Za-z0-9.-]{1,64}"
_BASE, _VERSION = "(?:[a-z][a-z0-9+.-]*://[^?#|]*/)?", f"(?:/_history/{_ID})?"
_ANY_TYPE = "[A-Z][A-Za-z]*"


def sql_of(value: Typed) -> str:
    """Write a value: a list if it may be several, else one."""
    match value.node:
        case Step():
            return _step(value.node, is_decimal=value.kind == "decimal")
        case Bound() | Fixed() | Nothing() | RowIndex():
            return _plain(value.node)
        case Beside(step):
            return _if_kept(step.of, elements.beside(step, _held(step.of)))
        case Kept() | Picked():
            return _chosen(value.node)
        case Exists() | Not() | Operation() | Negated():
            return _reckoned(value.node)
        case ReferenceKey() | Joined() | Boundary():
            return _made(value.node)
        case _:
            raise TypeError("a resource and a choice have no SQL of their own")


def one(value: Typed, message: str = TOO_MANY) -> str:
    """Write a value of which there may be one at most."""
    return only(sql_of(value), message) if value.is_list else sql_of(value)


def several(value: Typed) -> str:
    """Write a value as a list."""
    if value.is_list:
        return sql_of(value)
    return f"CASE WHEN {exists(value)} THEN [{sql_of(value)}] END"


def exists(value: Typed) -> str:
    """Write whether there is anything: an item may be there and have no value."""
    match value.node:
        case Resource():
            return "TRUE"
        case Guarded(_, criterion):
            return f"coalesce({one(criterion)}, FALSE)"
        case Bound(_, there):
            return "TRUE" if there is None else identifier(there)
        case Picked(of, place):
            return f"{count(sql_of(of))} > {place}"
        case _ if value.is_list:
            return f"{count(sql_of(value))} > 0"
        case Step(of) as step:
            return f"coalesce({_if_kept(of, elements.presence(step, _held(of)))}, FALSE)"
        case _:
            return f"({sql_of(value)}) IS NOT NULL"


def _step(step: Step, *, is_decimal: bool) -> str:
    found = elements.written(step, _held(step.of))
    if is_decimal:
        found = elements.number(found, step)
    return _if_kept(step.of, found)


def _held(of: Typed) -> str:
    """Write what elements are taken of; the resource's are columns, and it is not written."""
    match of.node:
        case Resource() | Guarded():
            return ""
        case Step(above) as step if of.is_list:
            return _if_kept(above, elements.unsifted(step, _held(above)))
        case _:
            return sql_of(of)


def _if_kept(of: Typed, found: str) -> str:
    if isinstance(of.node, Guarded):
        return f"CASE WHEN {one(of.node.criterion)} THEN {found} END"
    return found


def _plain(node: Bound | Fixed | Nothing | RowIndex) -> str:
    match node:
        case Bound(name):
            return identifier(name)
        case RowIndex(name):
            return "CAST(0 AS BIGINT)" if name is None else identifier(name)
        case Nothing():
            return "NULL"
        case _:
            return _fixed(node)


def _fixed(node: Fixed) -> str:
    match node.value:
        case bool() as is_true:
            return "TRUE" if is_true else "FALSE"
        case int() as number:
            return f"CAST({number} AS BIGINT)"
        case Decimal() as number:
            return f"CAST({text_literal(f'{number:f}')} AS {DECIMAL})"
        case text:
            return text_literal(text)


def _chosen(node: Kept | Picked) -> str:
    match node:
        case Picked(of, place):
            return f"list_extract({sql_of(of)}, {place + 1})"
        case _:
            kept = one(node.criterion)
            return f"list_filter({several(node.of)}, lambda {identifier(node.name)}: {kept})"


def _reckoned(node: Exists | Not | Operation | Negated) -> str:
    match node:
        case Exists(alternatives):
            return f"({' OR '.join(exists(each_of) for each_of in alternatives)})"
        case Not(of):
            return f"(NOT {one(of)})"
        case Negated(of):
            return f"(-{one(of)})"
        case _:
            return _operation(node)


def _operation(node: Operation) -> str:
    left, right = node.left, node.right
    match node.operator:
        case "and" | "or":
            return f"({one(left)} {node.operator.upper()} {one(right)})"
        case "=":
            return _equal(left, right)
        case "!=":
            return f"(NOT {_equal(left, right)})"
        case "<" | "<=" | ">" | ">=":
            return _compared(node.operator, left.family, one(left), one(right))
        case _:
            return _arithmetic(node)


def _equal(left: Typed, right: Typed) -> str:
    if not (left.is_list or right.is_list):
        return _compared("=", left.family, sql_of(left), sql_of(right))
    return let_both(
        several(left), several(right), lambda a, b: _all_same(a, b, _pairs(left.family, a, b))
    )


def _pairs(family: Family, left: str, right: str) -> str:
    same = _compared("=", family, "v[1]", "v[2]")
    return f"list_transform(list_zip({left}, {right}), lambda v: {same})"


def _compared(operator: str, family: Family, left: str, right: str) -> str:
    if family in DATES:
        return temporal.compared(operator, left, right)
    if family is Family.TIME:
        return temporal.compared_times(operator, left, right)
    return f"({left} {operator} {right})"


def _all_same(left: str, right: str, pairs: str) -> str:
    """Two collections are the same if they are as long and each pair is; a pair without a value leaves it open."""
    any_open = f"len(list_filter({pairs}, lambda w: w IS NULL)) > 0"
    return (
        f"(CASE WHEN {count(left)} = 0 OR {count(right)} = 0 THEN NULL "
        f"WHEN len({left}) <> len({right}) OR list_contains({pairs}, FALSE) THEN FALSE "
        f"WHEN {any_open} THEN NULL ELSE TRUE END)"
    )


def _arithmetic(node: Operation) -> str:
    left, right = one(node.left), one(node.right)
    if node.left.family is Family.TEXT:
        return f"({left} || {right})"
    if node.operator == "/":
        quotient = f"CAST({left} AS DOUBLE) / nullif(CAST({right} AS DOUBLE), 0)"
        return f"CAST({quotient} AS {DECIMAL})"
    is_whole = node.left.family is node.right.family is Family.INTEGER
    return f"CAST({left} {node.operator} {right} AS {'BIGINT' if is_whole else DECIMAL})"


def _made(node: ReferenceKey | Joined | Boundary) -> str:
    match node:
        case ReferenceKey(of, target):
            if of.is_list:
                keys = f"list_transform({sql_of(of)}, lambda v: {_reference_key('v', target)})"
                return without_nulls(keys)
            return _reference_key(sql_of(of), target)
        case Joined(of, separator) if of.is_list:
            return f"coalesce(array_to_string({sql_of(of)}, {sql_of(separator)}), '')"
        case Joined(of, _):
            return f"coalesce({sql_of(of)}, '')"
        case _:
            return _boundary(node.of, is_high=node.is_high)


def _reference_key(reference: str, target: str | None) -> str:
    kind = target or _ANY_TYPE
    short = text_literal(f"{kind}/{_ID}")
    whole = text_literal(f"^{_BASE}{kind}/({_ID}){_VERSION}$")
    # Nearly all references are short, and the pattern for these is twice as fast.
    return let(
        reference,
        lambda given: (
            f"CASE WHEN regexp_full_match({given}, {short}) THEN split_part({given}, '/', 2) "
            f"ELSE nullif(regexp_extract({given}, {whole}, 1), '') END"
        ),
    )


def _boundary(of: Typed, *, is_high: bool) -> str:
    if of.family in NUMBERS:
        return temporal.boundary_of_number(_as_written(of), is_high=is_high)
    return temporal.boundary(of.kind, one(of), is_high=is_high)


def _as_written(of: Typed) -> str:
    """Write a number as the text that the resource has for it, which was read for this."""
    match of.node:
        case Step(above) as step:
            found = _if_kept(above, elements.written(step, _held(above)))
            return f"CAST({only(found) if of.is_list else found} AS VARCHAR)"
        case Picked(Typed(Step(above) as step), place):
            found = elements.written(step, _held(above))
            return f"CAST(list_extract({found}, {place + 1}) AS VARCHAR)"
        case _:
            return f"CAST({one(of)} AS VARCHAR)"
