"""Read what a FHIR server declares of itself, and hold it against what the gateway asks for.

Believes nothing of it: the other trials ask. Follows FHIR R4 and STU3 CapabilityStatement.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from adapters.fhir_capabilities import SEARCH_ONLY
from adapters.fhir_search import types_needed
from fhir_profiles.classify import CATEGORY_OF_TYPE
from fhir_profiles.vocabulary import Category
from gateway.source_report.asking import Answer
from gateway.source_report.explaining import explain
from gateway.source_report.seen import Seen, fine, problem, remark

DESCRIPTION = "description"
_BY_PATIENT = frozenset({"patient", "patient.identifier", "subject"})
_USUAL = frozenset(
    name for name, _held in types_needed(frozenset(Category), frozenset(), SEARCH_ONLY)
)


class _Named(msgspec.Struct):
    name: str = ""
    code: str = ""


class _Resource(msgspec.Struct, rename={"search_parameters": "searchParam"}):
    type: str = ""
    interaction: list[_Named] = []
    search_parameters: list[_Named] = []
    operation: list[_Named] = []


class _Rest(msgspec.Struct):
    mode: str = ""
    resource: list[_Resource] = []
    operation: list[_Named] = []


class _Software(msgspec.Struct):
    name: str = ""
    version: str = ""


class _Statement(
    msgspec.Struct, rename={"resource_type": "resourceType", "fhir_version": "fhirVersion"}
):
    resource_type: str = ""
    fhir_version: str = ""
    software: _Software = msgspec.field(default_factory=_Software)
    rest: list[_Rest] = []


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a server says of itself; `searches` holds each type's search parameters."""

    fhir_version: str
    software: str
    types: frozenset[str]
    searchable: frozenset[str]
    searches: dict[str, frozenset[str]]
    has_everything: bool


def read_declaration(answer: Answer) -> Declaration | Seen:
    """Read a server's description, or say why there is none."""
    if (wrong := explain(answer)) is not None:
        return problem(DESCRIPTION, f"/metadata: {wrong.saw}", wrong.remedy)
    try:
        statement = msgspec.json.decode(answer.body, type=_Statement)
    except (msgspec.DecodeError, RecursionError):
        return _unreadable("cannot be read as JSON of the right shape")
    if statement.resource_type != "CapabilityStatement":
        return _unreadable(f"is no CapabilityStatement, but {_word(statement.resource_type)}")
    servers = [rest for rest in statement.rest if rest.mode == "server"]
    if not servers:
        return _unreadable("has no part for a server (rest.mode)")
    return _declaration_of(statement, servers[0])


def _unreadable(told: str) -> Seen:
    remedy = "Have the source serve a CapabilityStatement of what it really does at /metadata."
    return problem(DESCRIPTION, f"/metadata {told}", remedy)


def _word(text: str) -> str:
    return text if text.isascii() and text.isalpha() and len(text) < 40 else "something else"


def _declaration_of(statement: _Statement, rest: _Rest) -> Declaration:
    software = " ".join(filter(None, (statement.software.name, statement.software.version)))
    patients = [each for each in rest.resource if each.type == "Patient"]
    operations = [*rest.operation, *(one for each in patients for one in each.operation)]
    return Declaration(
        fhir_version=statement.fhir_version,
        software=software,
        types=frozenset(each.type for each in rest.resource),
        searchable=frozenset(
            each.type
            for each in rest.resource
            if any(one.code == "search-type" for one in each.interaction)
        ),
        searches={
            each.type: frozenset(one.name for one in each.search_parameters)
            for each in rest.resource
        },
        has_everything=any(one.name.removeprefix("$") == "everything" for one in operations),
    )


def judge_version(declared: Declaration, expected: str) -> Seen:
    """Say whether the FHIR version is the one that the source's kind speaks."""
    told = f"CapabilityStatement of FHIR {declared.fhir_version or 'no stated version'}"
    told += f", {declared.software}" if declared.software else ""
    if declared.fhir_version.startswith(expected):
        return fine(DESCRIPTION, told)
    return problem(
        DESCRIPTION,
        told,
        f"This kind of source speaks FHIR {expected}x: choose another kind, or another base_url.",
    )


def judge_types(declared: Declaration, never_held: frozenset[str]) -> Iterator[Seen]:
    """Say which types of a record can be asked for, and which cannot."""
    held = declared.types & CATEGORY_OF_TYPE.keys()
    yield fine(
        "declared types", f"{len(declared.types)} types, {len(held)} of them parts of a record"
    )
    if "Patient" not in declared.searchable or "identifier" not in declared.searches["Patient"]:
        yield problem(
            "missing searches",
            "Patient cannot be searched for by identifier",
            "Have the source offer and declare Patient?identifier=: nothing is shown without its Patient.",
        )
    if missing := sorted(_USUAL - held - never_held):
        yield remark(
            "missing types",
            f"not declared: {', '.join(missing)}",
            "They are not asked for. Have the source declare what it holds.",
        )
    yield from _judge_searches(declared, held)


def _judge_searches(declared: Declaration, held: frozenset[str]) -> Iterator[Seen]:
    by_patient = {
        name
        for name in held - {"Patient", "RelatedPerson"}
        if name in declared.searchable and declared.searches[name] & _BY_PATIENT
    }
    yield fine("declared searches", f"{len(by_patient)} types by patient")
    if others := sorted(held - by_patient - {"Patient", "RelatedPerson"}):
        yield problem(
            "missing searches",
            f"not by patient: {', '.join(others)}",
            "Have the source offer and declare the search by patient of each of them.",
        )
    if declared.has_everything:
        yield remark("declared $everything", "yes: whole records are asked for by it")
    else:
        yield remark("declared $everything", "no: whole records are searched for")
