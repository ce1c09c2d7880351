"""Write the meaning of a path as an SQL expression.

Empty is NULL; a collection is a list, NULL or empty if nothing is in it. Every text goes through `quoting.py`.
"""

from decimal import Decimal

from fhir_profiles.elements import is_primitive
from gateway.population.views import temporal
from gateway.population.views.quoting import identifier, text_literal
from gateway.population.views.shapes import DECIMAL, Part, Shape, structure
from gateway.population.views.snippets import (
    TOO_MANY,
    as_list,
    count,
    each,
    let_both,
    only,
    without_nulls,
)
from gateway.population.views.typed import (
    DATES,
    NUMBERS,
    Bound,
    Boundary,
    Choice,
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
_REFERENCE = (
    r"(?:[a-z][a-z0-9+.-]*://[^?#|]*/)?({target})/([A-Za-z0-9.-]{{1,64}})"
    r"(?:/_history/[A-Za-z0-9.-]{{1,64}})?"
)
_ANY_TYPE = "[A-Z][A-Za-z]*"


def sql_of(value: Typed) -> str:
    """Write a value: a list if it may be several, else one."""
    match value.node:
        case Step():
            return _step(value, value.node)
        case Bound() | Fixed() | Nothing() | RowIndex():
            return _plain(value.node)
        case Kept() | Picked():
            return _chosen(value.node)
        case Exists() | Not() | Operation() | Negated():
            return _reckoned(value.node)
        case ReferenceKey() | Joined() | Boundary():
            return _made(value.node)
        case Resource() | Guarded() | Choice():
            raise TypeError("a resource and a choice have no SQL of their own")


def one(value: Typed, message: str = TOO_MANY) -> str:
    """Write a value of which there may be one at most."""
    return only(sql_of(value), message) if value.is_list else sql_of(value)


def several(value: Typed) -> str:
    """Write a value as a list."""
    return sql_of(value) if value.is_list else as_list(sql_of(value))


def exists(value: Typed) -> str:
    """Write whether there is anything."""
    match value.node:
        case Resource():
            return "TRUE"
        case Guarded(_, criterion):
            return f"coalesce({one(criterion)}, FALSE)"
        case _ if value.is_list:
            return f"{count(sql_of(value))} > 0"
        case _:
            return f"({sql_of(value)}) IS NOT NULL"


def opened(expression: str, shape: Shape) -> str:
    """Write a structure so that its elements can be taken, if it was kept as JSON."""
    return (
        f"from_json({expression}, {text_literal(structure(shape))})" if shape.is_raw else expression
    )


def _step(value: Typed, step: Step) -> str:
    found = _elements(step)
    if step.part.as_text:
        return f"CAST({found} AS {DECIMAL}{'[]' if value.is_list else ''})"
    return found


def _elements(step: Step) -> str:
    """Write an element as it is read, which of a number may be its text."""
    of, part = step.of, step.part
    match of.node:
        case Resource():
            return _clean(identifier(part.name), part)
        case Guarded(_, criterion):
            return f"CASE WHEN {one(criterion)} THEN {_clean(identifier(part.name), part)} END"
        case _ if of.is_list:
            return _of_each(of, part)
        case _:
            return _clean(_taken(sql_of(of), of, part), part)


def _of_each(of: Typed, part: Part) -> str:
    if not part.is_list:
        return each(sql_of(of), lambda item: _taken(item, of, part))
    found = f"flatten(list_transform({sql_of(of)}, lambda v: {_taken('v', of, part)}))"
    return _clean(found, part)


def _taken(item: str, of: Typed, part: Part) -> str:
    assert of.shape is not None
    return f"struct_extract({opened(item, of.shape)}, {text_literal(part.name)})"


def _clean(found: str, part: Part) -> str:
    return without_nulls(found) if part.is_list and is_primitive(part.kind) else found


def _plain(node: Bound | Fixed | Nothing | RowIndex) -> str:
    match node:
        case Bound(name):
            return identifier(name)
        case RowIndex(name):
            return "CAST(0 AS BIGINT)" if name is None else identifier(name)
        case Nothing():
            return "NULL"
        case Fixed():
            return _fixed(node)


def _fixed(node: Fixed) -> str:
    match node.value:
        case bool() as is_true:
            return "TRUE" if is_true else "FALSE"
        case int() as number:
            return f"CAST({number} AS BIGINT)"
        case Decimal() as number:
            return f"CAST({text_literal(f'{number:f}')} AS {DECIMAL})"
        case str() as text:
            return text_literal(text)


def _chosen(node: Kept | Picked) -> str:
    match node:
        case Picked(of, place):
            return f"list_extract({sql_of(of)}, {place + 1})"
        case Kept(of, name, criterion):
            items = sql_of(of) if of.is_list else f"[{sql_of(of)}]"
            kept = f"list_filter({items}, lambda {identifier(name)}: {one(criterion)})"
            return kept if of.is_list else f"list_extract({kept}, 1)"


def _reckoned(node: Exists | Not | Operation | Negated) -> str:
    match node:
        case Exists(alternatives):
            return f"({' OR '.join(exists(each_of) for each_of in alternatives)})"
        case Not(of):
            return f"(NOT {one(of)})"
        case Negated(of):
            return f"(-{one(of)})"
        case Operation():
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
            return _ordered(node.operator, left, right)
        case _:
            return _arithmetic(node)


def _equal(left: Typed, right: Typed) -> str:
    if left.family in DATES:
        return temporal.compared("=", one(left), one(right))
    if not (left.is_list or right.is_list):
        return f"({sql_of(left)} = {sql_of(right)})"
    return let_both(several(left), several(right), _equal_lists)


def _equal_lists(left: str, right: str) -> str:
    nothing = f"{count(left)} = 0 OR {count(right)} = 0"
    return f"(CASE WHEN {nothing} THEN NULL ELSE {left} = {right} END)"


def _ordered(operator: str, left: Typed, right: Typed) -> str:
    if left.family in DATES:
        return temporal.compared(operator, one(left), one(right))
    return f"({one(left)} {operator} {one(right)})"


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
                return each(sql_of(of), lambda item: _reference_key(item, target))
            return _reference_key(sql_of(of), target)
        case Joined(of, separator) if of.is_list:
            return f"coalesce(array_to_string({sql_of(of)}, {sql_of(separator)}), '')"
        case Joined(of, _):
            return f"coalesce({sql_of(of)}, '')"
        case Boundary(of, is_high):
            return _boundary(of, is_high=is_high)


def _reference_key(reference: str, target: str | None) -> str:
    pattern = text_literal("^" + _REFERENCE.format(target=target or _ANY_TYPE) + "$")
    return f"nullif(regexp_extract({reference}, {pattern}, 2), '')"


def _boundary(of: Typed, *, is_high: bool) -> str:
    if of.family in NUMBERS:
        return temporal.boundary_of_number(_as_written(of), is_high=is_high)
    return temporal.boundary(of.kind, one(of), is_high=is_high)


def _as_written(of: Typed) -> str:
    """Write a number as the text that the resource has for it."""
    match of.node:
        case Step(_, part) if part.as_text:
            found = _elements(of.node)
            return only(found) if of.is_list else found
        case Picked(Typed(Step() as step), place):
            return f"list_extract({_elements(step)}, {place + 1})"
        case _:
            return f"CAST({one(of)} AS VARCHAR)"
