"""Read the text of a FHIR reference.

Does not resolve it: what a reference names is known only beside the answer it stands in.
Follows HL7 FHIR R4, section 2.3.0 (references) and 3.1.0.11.2 (conditional references).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

_TYPE = r"(?P<resource_type>[A-Z][A-Za-z]{1,63})"
_ID = r"(?P<id>[A-Za-z0-9\-._]{1,128})"
_VERSION = r"(?:/_history/(?P<version>[A-Za-z0-9\-.]{1,64}))?"
_BASE = r"(?:(?P<base>https?://[^\s?#|]+)/)?"
_LITERAL = re.compile(f"{_BASE}{_TYPE}/{_ID}{_VERSION}")
_CONDITIONAL = re.compile(rf"{_BASE}{_TYPE}\?(?P<query>[^\s#]+)")
_URN = re.compile(r"urn:(?:uuid|oid):\S+")
_TOKEN = re.compile(r"(?:(?P<system>[^|]*)\|)?(?P<value>[^|]+)")


class ReferenceKind(StrEnum):
    """The ways in which a reference can name its target."""

    RELATIVE = "relative"
    ABSOLUTE = "absolute"
    URN = "urn"
    CONDITIONAL = "conditional"
    CONTAINED = "contained"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ParsedReference:
    """A reference's parts; those that its kind lacks are None.

    `id` is the local id, the whole URN, or the fragment without `#`. `system` of a conditional is
    None when no system was given and "" when the identifier must have none.
    """

    kind: ReferenceKind
    resource_type: str | None = None
    id: str | None = None
    version: str | None = None
    base: str | None = None
    system: str | None = None
    value: str | None = None


_UNKNOWN = ParsedReference(ReferenceKind.UNKNOWN)


def parse_reference(text: str) -> ParsedReference:
    """Read one `Reference.reference`; what has no known form is of kind `UNKNOWN`, never an error."""
    if text.startswith("#"):
        return ParsedReference(ReferenceKind.CONTAINED, id=text[1:])
    if _URN.fullmatch(text):
        return ParsedReference(ReferenceKind.URN, id=text)
    if literal := _LITERAL.fullmatch(text):
        kind = ReferenceKind.ABSOLUTE if literal["base"] else ReferenceKind.RELATIVE
        return ParsedReference(
            kind, literal["resource_type"], literal["id"], literal["version"], literal["base"]
        )
    if conditional := _CONDITIONAL.fullmatch(text):
        return _parse_conditional(conditional)
    return _UNKNOWN


def _parse_conditional(match: re.Match[str]) -> ParsedReference:
    parameters = parse_qsl(match["query"], keep_blank_values=True)
    if len(parameters) != 1 or parameters[0][0] != "identifier":
        return _UNKNOWN
    token = _TOKEN.fullmatch(parameters[0][1])
    if token is None:
        return _UNKNOWN
    return ParsedReference(
        ReferenceKind.CONDITIONAL,
        resource_type=match["resource_type"],
        base=match["base"],
        system=token["system"],
        value=token["value"],
    )
