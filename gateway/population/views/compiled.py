"""Compile a ViewDefinition to SQL of DuckDB, and put it over files.

Runs nothing: `gateway/population/views/running.py`. Why it is compiled and how elements are typed:
docs/decisions/0028.
Source: SQL on FHIR v2 (2.1.0-pre, 2026).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.population.views.arrange import RESOURCES, arrange, sql_type_of
from gateway.population.views.parsing import parse_definition
from gateway.population.views.plan import Output
from gateway.population.views.planning import plan_view
from gateway.population.views.quoting import identifier, text_literal
from gateway.population.views.shapes import reader_columns, structure

# The most that a source may answer at once: no resource in the store can be larger.
_LARGEST_RESOURCE_BYTES = 16 * 1024 * 1024
_LARGEST = f"maximum_object_size={_LARGEST_RESOURCE_BYTES}"
_OPTIONS = f"{_LARGEST}, auto_detect=FALSE, hive_partitioning=FALSE"
_QUOTED = r'\1"\2"'
_PATTERN_MARKS = frozenset("*?[]{}")
_TYPE = "resourceType"


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column of a view: `kind` is its FHIR type, `sql_type` DuckDB's. Dates are texts as FHIR writes them."""

    name: str
    kind: str
    sql_type: str
    is_collection: bool
    description: str


@dataclass(frozen=True, slots=True)
class CompiledView:
    """A view as SQL.

    `queries` are a chain, by name, of which the last gives the columns and the first reads `$resources`. `reads`
    gives the type of each element that is read. `unknown` names what paths speak of and FHIR R4 does not have:
    it is always empty in the result, and often a slip.
    """

    name: str | None
    resource: str
    columns: tuple[ViewColumn, ...]
    queries: tuple[tuple[str, str], ...]
    reads: Mapping[str, str]
    structure: str
    decimals: frozenset[str]
    needs_digits: bool
    unknown: frozenset[str]

    def sql_over(self, files: Sequence[Path]) -> str:
        """Write the statement over NDJSON files of the view's own resource type, as the store keeps them.

        A line of another type gives no row, if its elements are such as the view can read. The statement fails
        where a number is too large to be sure of; `sql_over_any` does not.
        """
        return self._over(self._typed(files) if files else self._nothing())

    def sql_over_any(self, files: Sequence[Path]) -> str:
        """Write the statement over NDJSON files of many resource types, with numbers as they are written.

        Slower, and lenient: an element of a wrong type is as if it were not there.
        """
        return self._over(self._opened(files) if files else self._nothing())

    def _over(self, resources: str) -> str:
        steps = [(RESOURCES, resources), *self.queries]
        written = (f"{identifier(name)} AS ({query})" for name, query in steps)
        return f"WITH RECURSIVE {', '.join(written)} FROM {identifier(steps[-1][0])}"

    def _typed(self, files: Sequence[Path]) -> str:
        columns = {_TYPE: "VARCHAR", **self.reads}
        typed = ", ".join(f"{text_literal(key)}: {text_literal(columns[key])}" for key in columns)
        options = f"format='newline_delimited', columns={{{typed}}}, {_OPTIONS}"
        source = f"read_json({_listed(files)}, {options})"
        is_ours = f"{identifier(_TYPE)} = {text_literal(self.resource)}"
        return f"SELECT * FROM {source} WHERE {is_ours}"

    def _opened(self, files: Sequence[Path]) -> str:
        source = f"read_ndjson_objects({_listed(files)}, {_LARGEST})"
        kind = f"json_extract_string(json, '$.{_TYPE}')"
        ours = f"SELECT json FROM {source} WHERE {kind} = {text_literal(self.resource)}"
        opened = f"from_json({self._with_digits('json')}, {text_literal(self.structure)})"
        return f"SELECT unnest(resource) FROM (SELECT {opened} AS resource FROM ({ours}))"

    def _with_digits(self, line: str) -> str:
        """Put decimals in quotes, since DuckDB keeps of a number its value and not its digits.

        What begins with a quote after a brace or a comma is a key or a text as a whole, for within a text a quote
        is escaped: so nothing else than a key is found, whatever a text says.
        """
        if not self.decimals:
            return line
        keys = "|".join(sorted(self.decimals))
        found = text_literal(rf'([{{,]\s*"(?:{keys})"\s*:\s*)(-?[0-9][0-9.eE+-]*)')
        return f"regexp_replace({line}, {found}, {text_literal(_QUOTED)}, 'g')"

    def _nothing(self) -> str:
        columns = (
            f"CAST(NULL AS {kind}) AS {identifier(name)}" for name, kind in self.reads.items()
        )
        return f"SELECT {', '.join(columns) or 'NULL'} WHERE FALSE"


def compile_view(definition: object) -> CompiledView:
    """Compile a ViewDefinition as decoded from JSON.

    Raises UnusableViewError with every fault of it.
    """
    plan = plan_view(parse_definition(definition))
    queries = arrange(plan)
    return CompiledView(
        plan.name,
        plan.resource,
        tuple(map(_column, plan.outputs)),
        queries,
        dict(reader_columns(plan.shape)),
        structure(plan.shape),
        plan.decimals,
        plan.needs_digits,
        plan.unknown,
    )


def _column(output: Output) -> ViewColumn:
    return ViewColumn(
        output.name, output.kind, sql_type_of(output), output.is_collection, output.description
    )


def _listed(files: Sequence[Path]) -> str:
    return f"[{', '.join(text_literal(_plain(file)) for file in files)}]"


def _plain(file: Path) -> str:
    """DuckDB takes some characters of a file's name for a pattern, which could mean other files."""
    name = str(file)
    if _PATTERN_MARKS & set(name):
        raise ValueError("a file whose name is a pattern cannot be read")
    return name
