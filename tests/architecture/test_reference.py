"""The reference knows nothing of the service that is held against it."""

import ast
import sys

import pytest

from tests.architecture.source_tree import Sources, nodes_of, sources

OWN = "tests.reference"


def borrowed(found: Sources) -> set[str]:
    """Give what is imported that is neither the language's own library, nor the test runner, nor the reference."""
    names = {name for _path, node in nodes_of(found) for name in _imported(node)}
    free = {*sys.stdlib_module_names, "pytest"}
    return {each for each in names if each.split(".")[0] not in free and not _is_own(each)}


def _imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [each.name for each in names]
        case ast.ImportFrom(module=module, level=level):
            return ["." * level + (module or "")]
        # What is imported by a call can be anything.
        case ast.Name(id="__import__" | "importlib" as name):
            return [f"{name}()"]
        case _:
            return []


def _is_own(name: str) -> bool:
    return name == OWN or name.startswith(f"{OWN}.")


def test_the_reference_imports_nothing_of_the_service():
    found = sources(OWN.replace(".", "/"))

    assert len(found) > 10
    assert borrowed(found) == set()


@pytest.mark.parametrize(
    "text",
    [
        "import rbac.decide",
        "from gateway.access.decision import AccessControl",
        "from tests.stack import Stack",
        "from tests.reference_data import rows",
        "from . import decide",
        "def late():\n    from fhir_profiles.vocabulary import Label",
        '__import__("rbac")',
    ],
)
def test_an_import_of_the_service_is_found(text: str):
    assert borrowed({"a.py": text}) != set()
