"""Read which table, or whose view, a request of SQL on FHIR is about, in its present words and in its former ones.

Decides nothing. SQL on FHIR 3.0, "$sql-run" and "$sql-export"; 2.1 called them `$viewdefinition-run` and
`$viewdefinition-export`, and a subject a view.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec

from gateway.api.bulk_parameters import NONE, Parameter, by_name, text_of, without_any_identifier
from gateway.errors import BadRequestError

Form: TypeAlias = Literal["ndjson", "csv", "parquet"]

MEDIA_TYPES: Mapping[Form, str] = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}

_FORM_OF: Mapping[str, Form] = {media_type: form for form, media_type in MEDIA_TYPES.items()}

SUBJECTS = frozenset(
    {"subjectCanonical", "subjectReference", "subjectResource", "viewReference", "viewResource"}
)

CANONICAL = "https://shared-care-record.example/ViewDefinition/"
_LITERAL = "ViewDefinition/"
_TABLE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Declared:
    """A table of a release, by the name that its dataset declares."""

    table: str


@dataclass(frozen=True, slots=True)
class Inline:
    """A view that somebody wrote, as it was sent."""

    definition: msgspec.Raw


Subject: TypeAlias = Declared | Inline


def subject_in(found: Mapping[str, tuple[Parameter, ...]]) -> Subject:
    """Give the one subject that is named.

    Raises BadRequestError when there is none, or more than one.
    """
    named = [each for name in sorted(SUBJECTS) for each in found.get(name, ())]
    if len(named) != 1:
        raise BadRequestError(
            "Needed: one of subjectCanonical, subjectReference, subjectResource.", "required"
        )
    [one] = named
    if not one.called.endswith("Resource"):
        return Declared(_table_in(one.text))
    if one.resource == NONE:
        raise BadRequestError(f"{one.called} has no resource.", "value")
    return Inline(one.resource)


def form_in(found: Mapping[str, tuple[Parameter, ...]]) -> Form:
    """Give the form that is asked for: NDJSON where nothing is said.

    Raises BadRequestError.
    """
    if text_of(found, "header") not in {None, "true"}:
        raise BadRequestError("header: CSV has its header here.", "not-supported")
    form = text_of(found, "_format") or "ndjson"
    known: dict[str, Form] = {**_FORM_OF, **{each: each for each in MEDIA_TYPES}}
    if form not in known:
        raise BadRequestError("_format: ndjson, csv and parquet are served.", "not-supported")
    return known[form]


def named_subjects(parameters: Iterable[Parameter]) -> tuple[tuple[str, str], ...]:
    """Give the tables that an export is of: the name that its client gives each, and its own.

    Raises BadRequestError when there is none, one is not declared here, or two would have one name.
    """
    read = [_named(each) for each in parameters]
    if not read:
        raise BadRequestError("Needed: at least one subject.", "required")
    if len({name for name, _table in read}) < len(read):
        raise BadRequestError("Two subjects would have one name.", "value")
    return tuple(read)


def _named(parameter: Parameter) -> tuple[str, str]:
    parts = by_name(parameter.part, SUBJECTS | {"name"})
    subject = subject_in(parts)
    if isinstance(subject, Inline):
        raise BadRequestError(
            "An export is of tables that are declared: $sql-run tries a view.", "not-supported"
        )
    name = text_of(parts, "name") or subject.table
    if _TABLE.fullmatch(name) is None:
        raise BadRequestError("A name is small letters, digits and hyphens.", "value")
    return without_any_identifier(name, "name"), subject.table


def _table_in(text: str) -> str:
    """Read a reference, or a canonical address; versions are those of releases, so none is named here."""
    table = text.removeprefix(CANONICAL).removeprefix(_LITERAL)
    if _TABLE.fullmatch(table) is None:
        raise BadRequestError(
            f"A table is named as {_LITERAL}name, or {CANONICAL}name.", "not-supported"
        )
    return table
