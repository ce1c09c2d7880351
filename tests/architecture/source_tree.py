"""Read the project's own source, so that checks are plain functions over text."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("gateway", "rbac", "adapters", "fhir_profiles")

Sources = Mapping[str, str]


def sources(*folders: str) -> Sources:
    """Give the text of every module, by its path from the root."""
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for folder in folders or PACKAGES
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    }


def nodes_of(found: Sources) -> Iterator[tuple[str, ast.AST]]:
    """Give every node of every module, with its path."""
    for path, text in found.items():
        for node in ast.walk(ast.parse(text)):
            yield path, node


def called(node: ast.AST) -> str | None:
    """Give the last word of what a call calls."""
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
        case _:
            return None
