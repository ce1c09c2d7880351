"""Parse a ViewDefinition: unknown fields, wrong types and unreadable paths are all listed at once.

Does not know what a path means: `gateway/population/views/planning.py`.
Source: SQL on FHIR v2, StructureDefinition ViewDefinition (2.1.0-pre, 2026).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fhir_profiles.elements import is_resource
from gateway.population.views.constants import Constant, constant_of
from gateway.population.views.definition import (
    Column,
    Expression,
    Iteration,
    Select,
    ViewDefinition,
)
from gateway.population.views.faults import Fault, PathError, UnusableViewError
from gateway.population.views.fhirpath import parse_path

# Metadata of every canonical resource: known, and of no effect on what a view gives.
_METADATA = frozenset(
    [
        "id",
        "meta",
        "language",
        "text",
        "contained",
        "extension",
        "url",
        "identifier",
        "version",
        "versionAlgorithmString",
        "versionAlgorithmCoding",
        "title",
        "status",
        "experimental",
        "date",
        "publisher",
        "contact",
        "description",
        "useContext",
        "jurisdiction",
        "purpose",
        "copyright",
        "copyrightLabel",
        "approvalDate",
        "lastReviewDate",
        "effectivePeriod",
        "topic",
        "author",
        "editor",
        "reviewer",
        "endorser",
        "relatedArtifact",
        "profile",
    ]
)
_OF_VIEW = (
    _METADATA
    | {"resourceType", "name", "resource", "fhirVersion"}
    | {"constant", "select", "where"}
)
_OF_ANY = frozenset({"id", "extension"})
_OF_SELECT = _OF_ANY | {"column", "select", "unionAll", "forEach", "forEachOrNull", "repeat"}
_OF_COLUMN = _OF_ANY | {"name", "path", "type", "collection", "description", "tag"}
_OF_WHERE = _OF_ANY | {"path", "description"}
_SQL_NAME = re.compile("[A-Za-z][A-Za-z0-9_]*")
# PostgreSQL's limit, the least of the databases that a view's table may go to.
_LONGEST_NAME = 63
# Selects within each other; the published cases need three.
_DEEPEST = 16
_Parsed = TypeVar("_Parsed")
_STRUCTURE_BASE = "http://hl7.org/fhir/StructureDefinition/"


def parse_definition(definition: object) -> ViewDefinition:
    """Parse a view as decoded from JSON; decimals may be `Decimal`.

    Raises UnusableViewError with every fault that shows without knowing what the paths mean.
    """
    parsing = _Parsing()
    view = parsing.view(definition)
    if parsing.faults or view is None:
        raise UnusableViewError(parsing.faults)
    return view


class _Parsing:
    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def view(self, given: object) -> ViewDefinition | None:
        fields = self._fields(given, "the definition", _OF_VIEW)
        if fields is None:
            return None
        if fields.get("resourceType", "ViewDefinition") != "ViewDefinition":
            self._fault("resourceType", "is not ViewDefinition")
        self._check_version(fields.get("fhirVersion"))
        return ViewDefinition(
            self._sql_name(fields, "name", "name") if "name" in fields else None,
            self._resource(fields),
            {one.name: one for one in self._each(fields, "constant", "", self._constant)},
            self._selects(fields, "select", "", 0, is_needed=True),
            self._each(fields, "where", "", self._where),
        )

    def _resource(self, fields: Mapping[str, Any]) -> str:
        kind = self._text(fields, "resource", "resource")
        if kind and not is_resource(kind):
            self._fault("resource", "is no resource type of FHIR R4")
        return kind

    def _check_version(self, given: object) -> None:
        versions = given if isinstance(given, list) else ["4.0.1" if given is None else given]
        if not any(isinstance(one, str) and one.startswith("4.0") for one in versions):
            self._fault("fhirVersion", "does not name FHIR R4 (4.0.1), which is what is read here")

    def _constant(self, given: object, place: str) -> Constant | None:
        fields = self._fields(given, place, None)
        if fields is None:
            return None
        name = self._sql_name(fields, "name", f"{place}.name")
        try:
            return constant_of(
                name, {key: fields[key] for key in fields if key not in {*_OF_ANY, "name"}}
            )
        except PathError as error:
            self._fault(place, str(error))
            return None

    def _where(self, given: object, place: str) -> Expression | None:
        fields = self._fields(given, place, _OF_WHERE)
        return None if fields is None else self._path(fields.get("path"), f"{place}.path")

    def _selects(
        self,
        fields: Mapping[str, Any],
        key: str,
        place: str,
        depth: int,
        *,
        is_needed: bool = False,
    ) -> tuple[Select, ...]:
        if depth > _DEEPEST:
            self._fault(_within(place, key), f"nests more than {_DEEPEST} deep")
            return ()
        if is_needed and not fields.get(key):
            self._fault(_within(place, key), "is missing")
        return self._each(fields, key, place, lambda one, at: self._select(one, at, depth))

    def _select(self, given: object, place: str, depth: int) -> Select | None:
        fields = self._fields(given, place, _OF_SELECT)
        if fields is None:
            return None
        if not any(fields.get(key) for key in ("column", "select", "unionAll")):
            self._fault(place, "gives no column")
        iterations = [each for each in Iteration if each in fields]
        if len(iterations) > 1:
            self._fault(place, f"has {' and '.join(iterations)}, of which there may be one")
        iteration = iterations[0] if iterations else None
        return Select(
            place,
            iteration,
            self._paths(fields, iteration, place),
            self._each(fields, "column", place, self._column),
            self._selects(fields, "select", place, depth + 1),
            self._selects(fields, "unionAll", place, depth + 1),
        )

    def _paths(
        self, fields: Mapping[str, Any], iteration: Iteration | None, place: str
    ) -> tuple[Expression, ...]:
        match iteration:
            case None:
                return ()
            case Iteration.REPEAT:
                if not fields[iteration]:
                    self._fault(_within(place, iteration), "is empty")
                return self._each(fields, iteration, place, self._path)
            case _:
                found = self._path(fields[iteration], _within(place, iteration))
                return () if found is None else (found,)

    def _column(self, given: object, place: str) -> Column | None:
        fields = self._fields(given, place, _OF_COLUMN)
        if fields is None:
            return None
        collection = fields.get("collection", False)
        if not isinstance(collection, bool):
            self._fault(f"{place}.collection", "is neither true nor false")
        name = self._sql_name(fields, "name", f"{place}.name")
        path = self._path(fields.get("path"), f"{place}.path")
        kind = self._text(fields, "type", f"{place}.type") if "type" in fields else None
        described = self._text(fields, "description", f"{place}.description", default="")
        if path is None:
            return None
        plain = kind.removeprefix(_STRUCTURE_BASE) if kind else None
        return Column(name, path, plain, collection is True, described)

    def _path(self, given: object, place: str) -> Expression | None:
        if not isinstance(given, str) or not given:
            self._fault(place, "is no FHIRPath expression")
            return None
        try:
            return Expression(place, parse_path(given))
        except PathError as error:
            self._fault(place, str(error))
            return None

    def _sql_name(self, fields: Mapping[str, Any], key: str, place: str) -> str:
        given = self._text(fields, key, place)
        if given and (not _SQL_NAME.fullmatch(given) or len(given) > _LONGEST_NAME):
            self._fault(
                place, f"is not a letter and then up to {_LONGEST_NAME - 1} letters, digits or _"
            )
        return given

    def _text(
        self, fields: Mapping[str, Any], key: str, place: str, default: str | None = None
    ) -> str:
        given = fields.get(key, default)
        if not isinstance(given, str) or (not given and default is None):
            self._fault(place, "is missing" if given is None else "is no text")
            return ""
        return given

    def _each(
        self,
        fields: Mapping[str, Any],
        key: str,
        place: str,
        parse: Callable[[object, str], _Parsed | None],
    ) -> tuple[_Parsed, ...]:
        given = fields.get(key, [])
        if not isinstance(given, list):
            self._fault(_within(place, key), "is no list")
            return ()
        found = (parse(one, f"{_within(place, key)}[{at}]") for at, one in enumerate(given))
        return tuple(one for one in found if one is not None)

    def _fields(
        self, given: object, place: str, known: frozenset[str] | None
    ) -> Mapping[str, Any] | None:
        if not isinstance(given, dict):
            self._fault(place, "is no object")
            return None
        if known is not None:
            for key in given:
                if key not in known:
                    self._fault(
                        place, f"has a field that no view has: {str(key)[:_LONGEST_NAME]!r}"
                    )
        return given

    def _fault(self, place: str, says: str) -> None:
        self.faults.append(Fault(place, says))


def _within(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
