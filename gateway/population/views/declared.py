"""Give the views that the project declares: data files that a governance lead can read, compiled.

Nobody's words enter a file's name: only names of files that are there are taken.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import fhir_profiles
from gateway.population.views.compiled import CompiledView, compile_view
from gateway.population.views.faults import Fault, UnusableViewError

FOLDER = Path(fhir_profiles.__file__).parent / "views"


def declared_views(folder: Path = FOLDER) -> Mapping[str, CompiledView]:
    """Compile every declared view, by its name.

    Raises UnusableViewError if one cannot be compiled, is not named like its file, or speaks of an element that
    FHIR R4 does not have: in a view of anybody else's that is empty, in our own it is a slip.
    """
    return {path.stem: _declared(path) for path in sorted(folder.glob("*.json"))}


def _declared(path: Path) -> CompiledView:
    compiled = compile_view(json.loads(path.read_text("utf-8"), parse_float=Decimal))
    if slips := tuple(_slips(compiled, path)):
        raise UnusableViewError(slips)
    return compiled


def _slips(compiled: CompiledView, path: Path) -> Iterator[Fault]:
    if compiled.name != path.stem:
        yield Fault("name", f"is not that of its file, {path.name}")
    for lacking in sorted(compiled.unknown):
        yield Fault("select", f"speaks of {lacking}, which FHIR R4 does not have")
