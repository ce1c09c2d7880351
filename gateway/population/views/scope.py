"""Hold what a path is evaluated on and what its names stand for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gateway.population.views.constants import Constant
from gateway.population.views.fhirpath import Path
from gateway.population.views.typed import Typed


@dataclass(frozen=True, slots=True)
class Scope:
    """The context of a path; `unknown` collects the elements it names that FHIR R4 does not have."""

    context: Typed
    constants: Mapping[str, Constant]
    unknown: set[str]
    row_index: str | None = None
    depth: int = 0

    def on(self, context: Typed) -> "Scope":
        """Give the scope of a criterion, evaluated on each item."""
        return replace(self, context=context, depth=self.depth + 1)


Resolve = Callable[[Path, Scope], Typed]
