"""Read what a machine client asks for, in an address or in a Parameters resource, into typed values.

Decides nothing. What is not known is refused by its name, and nothing that was sent is repeated. FHIR R4, Parameters.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from fastapi import Request

from gateway.api.requests import body_of, query_of
from gateway.audit.free_text import without_identifiers
from gateway.errors import BadRequestError

_JSON_TYPES = frozenset({"application/fhir+json", "application/json"})

_PARAMETERS_AT_MOST = 100
"""Of a resource, and of each one's parts. Judgement: several times what all that is served has names for."""

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)", re.ASCII
)
"""FHIR R4, instant: Python reads more than FHIR has."""

NONE = msgspec.Raw(b"")
"""Where no resource came along."""


class Reference(msgspec.Struct, frozen=True):
    """Where something is."""

    reference: str | None = None


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One parameter, with a value of a type that is read here, a resource as it was sent, or parts."""

    called: str = msgspec.field(name="name")
    valueString: str | None = None  # noqa: N815 - FHIR's own names
    valueCode: str | None = None  # noqa: N815
    valueUri: str | None = None  # noqa: N815
    valueCanonical: str | None = None  # noqa: N815
    valueId: str | None = None  # noqa: N815
    valueInstant: str | None = None  # noqa: N815
    valueBoolean: bool | None = None  # noqa: N815
    valueInteger: int | None = None  # noqa: N815
    valueReference: Reference | None = None  # noqa: N815
    resource: msgspec.Raw = NONE
    part: tuple["Parameter", ...] = ()

    @property
    def text(self) -> str:
        """Give the value as an address would have it.

        Raises BadRequestError when there is none, or more than one.
        """
        texts = [
            *(self.valueString, self.valueCode, self.valueUri, self.valueCanonical, self.valueId),
            self.valueInstant,
            None if self.valueBoolean is None else str(self.valueBoolean).lower(),
            None if self.valueInteger is None else str(self.valueInteger),
            None if self.valueReference is None else self.valueReference.reference,
        ]
        found = [each for each in texts if each is not None]
        if len(found) != 1:
            raise BadRequestError(f"The parameter {shown(self.called)} has no one value.", "value")
        return found[0]


class _Parameters(msgspec.Struct, frozen=True, tag_field="resourceType", tag="Parameters"):
    parameter: tuple[Parameter, ...] = ()


async def parameters_of(request: Request) -> tuple[Parameter, ...]:
    """Read a POSTed Parameters resource; an address with parameters beside it is refused.

    Raises BadRequestError.
    """
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type not in _JSON_TYPES:
        raise BadRequestError("A Parameters resource is sent as application/fhir+json.", "invalid")
    if query_of(request):
        raise BadRequestError("A POSTed request has its parameters in the body alone.")
    try:
        found = msgspec.json.decode(await body_of(request), type=_Parameters).parameter
    except (msgspec.MsgspecError, RecursionError) as fault:
        raise BadRequestError(
            "The body is not a Parameters resource of known parts.", "structure"
        ) from fault
    if max(map(len, (found, *(each.part for each in found)))) > _PARAMETERS_AT_MOST:
        raise BadRequestError("There are more parameters than are read here.", "too-long")
    return found


def query_parameters(request: Request) -> tuple[Parameter, ...]:
    """Read the parameters of an address.

    Raises BadRequestError.
    """
    return tuple(Parameter(called, valueString=value) for called, value in query_of(request))


def by_name(
    parameters: Iterable[Parameter], once: frozenset[str], repeated: frozenset[str] = frozenset()
) -> Mapping[str, tuple[Parameter, ...]]:
    """Give parameters by their names.

    Raises BadRequestError for one that is not supported, or that stands twice and must not.
    """
    found: dict[str, list[Parameter]] = {}
    for each in parameters:
        if each.called not in once | repeated:
            raise BadRequestError(
                f"The parameter {shown(each.called)} is not supported here.", "not-supported"
            )
        if each.called in found and each.called in once:
            raise BadRequestError(f"The parameter {each.called} stands twice.")
        found.setdefault(each.called, []).append(each)
    return {name: tuple(each) for name, each in found.items()}


def text_of(found: Mapping[str, tuple[Parameter, ...]], name: str) -> str | None:
    """Give the value of a parameter that stands once, None without it. Raises BadRequestError."""
    return found[name][0].text if name in found else None


def without_any_identifier(text: str, parameter: str) -> str:
    """Give words of a client's own, which are kept and given back.

    Raises BadRequestError where they hold an NHS number or a token.
    """
    if without_identifiers(text) != text:
        raise BadRequestError(f"{parameter} holds a number of a person, or a token.", "value")
    return text


def instant_of(text: str, parameter: str) -> datetime:
    """Read a FHIR instant.

    Raises BadRequestError.
    """
    # In an address a plus sign is a space.
    written = text.replace(" ", "+")
    if _INSTANT.fullmatch(written) is None:
        raise BadRequestError(f"{parameter} is not an instant, with its time zone.", "value")
    try:
        return datetime.fromisoformat(written)
    except ValueError as fault:
        raise BadRequestError(f"{parameter} is not an instant.", "value") from fault


_KNOWN_NAMES = frozenset(
    {
        *("_type", "_since", "_outputFormat", "_format", "release"),
        *("_elements", "_typeFilter", "_until", "patient", "group", "source", "header", "_limit"),
        *("includeAssociatedData", "organizeOutputBy", "allowPartialManifests", "clientTrackingId"),
        *("subject", "subjectCanonical", "subjectReference", "subjectResource", "parameters"),
        *("view", "viewReference", "viewResource", "resource", "context", "name"),
    }
)


def shown(called: str) -> str:
    """Give the name of a parameter if any specification has it: what somebody else wrote there is not repeated."""
    return called if called in _KNOWN_NAMES else "of that name"
