"""No exception message and no log line is made of what identifies a person."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source_tree import Sources, nodes_of, sources

IDENTIFYING = re.compile(r"nhs_?number|name|birth|address", re.IGNORECASE)
NAMES_OF_THINGS = {
    "adapters/simulators/fhir_search.py: search_type.name",
    "adapters/simulators/pds_criteria.py: name",  # of a search parameter
    "fhir_profiles/capability.py: name",  # of a search parameter
    "gateway/audit/canonical.py: type(value).__name__",
    "gateway/patient/derive.py: type(fault).__name__",
    "gateway/population/keys/custody.py: name",  # of a key: its purpose, project and recipient
    "gateway/population/keys/keyring.py: name",  # the same
    "gateway/population/keys/keyring.py: self.name",  # the same
    "gateway/population/keys/private_files.py: path.name",  # of a file of keys
    "gateway/population/views/constants.py: name",  # of a constant of a view
    "gateway/population/views/functions.py: called.name",  # of a function in a path
    "gateway/population/views/functions.py: name",  # of a function in a path
    "gateway/population/views/meanings.py: name",  # of an element in a path
    "gateway/population/views/resolve.py: name",  # of a constant of a view
    "gateway/population/released_codes.py: name",  # of a code list
    "gateway/population/released_codes.py: one.name",  # the same
    "gateway/population/rules.py: name",  # the same
    "gateway/token_claims.py: name",  # of a claim
}
_LOGGING = {"debug", "info", "warning", "error", "exception", "critical", "fatal", "msg", "log"}


def telling(found: Sources) -> set[str]:
    """Give each `path: expression` that puts something identifying into a message."""
    return {
        f"{path}: {ast.unparse(word)}"
        for path, node in nodes_of(found)
        for message in _messages(node)
        for word in _interpolated(message)
        if IDENTIFYING.search(ast.unparse(word))
    }


def _messages(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Raise(exc=ast.Call() as made):
            yield from (*made.args, *(each.value for each in made.keywords))
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=attr)):
            if attr in _LOGGING and "log" in owner:
                yield from (*node.args, *(each.value for each in node.keywords))


def _interpolated(message: ast.AST) -> Iterator[ast.AST]:
    """Give the values that a text is made of; a text that stands alone is made of none."""
    match message:
        case ast.Constant():
            return
        case ast.JoinedStr(values=values):
            yield from (each.value for each in values if isinstance(each, ast.FormattedValue))
        case ast.BinOp(left=left, right=right):
            yield from (*_interpolated(left), *_interpolated(right))
        case _:
            yield message


def test_no_message_is_made_of_what_identifies_a_person():
    assert telling(sources()) == NAMES_OF_THINGS


@pytest.mark.parametrize(
    "line",
    [
        'raise ValueError(f"no such person: {nhs_number}")',
        'raise ValueError("born " + person.birth_date)',
        'raise ValueError("at %s" % address)',
        '_log.info("found", who=person.family_name)',
        'logger.warning("found %s", NHSNumber)',
    ],
)
def test_a_message_that_tells_who_it_is_about_is_found(line):
    assert len(telling({"planted.py": line})) == 1
