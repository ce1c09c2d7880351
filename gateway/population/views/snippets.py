"""Write the small pieces of SQL that expressions are made of.

Knows texts of SQL, and no path.
"""

from collections.abc import Callable

from gateway.population.views.quoting import text_literal

# What is longer is named once instead of repeated: else each level of a path would double the statement.
_LONGEST_REPEATED = 120
# What FHIRPath and DuckDB cannot answer becomes an error of these words, and no other error is passed on.
TOO_MANY = "view: a path gives more than one value where there may be one"
NEEDS_DIGITS = "view: a number is too large for the fast way of reading it"


def let(expression: str, body: Callable[[str], str]) -> str:
    """Write what a body makes of an expression, with a long expression written only once."""
    if len(expression) <= _LONGEST_REPEATED:
        return body(expression)
    return f"list_extract(list_transform([{expression}], lambda x: {body('x')}), 1)"


def let_both(left: str, right: str, body: Callable[[str, str], str]) -> str:
    """Write what a body makes of two expressions, with long ones written only once."""
    if len(left) + len(right) <= _LONGEST_REPEATED:
        return body(left, right)
    inner = f"list_extract(list_transform([{right}], lambda y: {body('x', 'y')}), 1)"
    return f"list_extract(list_transform([{left}], lambda x: {inner}), 1)"


def without_nulls(items: str) -> str:
    """Write a list without its nulls."""
    return f"list_filter({items}, lambda v: v IS NOT NULL)"


def count(items: str) -> str:
    """Write how many items a list has; a list that is not there has none."""
    return f"coalesce(len({items}), 0)"


def only(items: str, message: str = TOO_MANY) -> str:
    """Write the one item of a list, which fails the statement if it has more."""
    return let(
        items,
        lambda given: (
            f"CASE WHEN len({given}) > 1 THEN error({text_literal(message)}) "
            f"ELSE list_extract({given}, 1) END"
        ),
    )
