"""Name the FHIR datatypes of which a resource header is made.

Holds no resource and judges nothing. Elements that decide nothing are kept as their own bytes, so that
writing a value out again shows whether all of it was read. Element names are HL7 FHIR R4's.
"""

from msgspec import UNSET, Raw, Struct, UnsetType
from typing_extensions import override

Kept = Raw | UnsetType
"""An element's own bytes, or UNSET when it is absent."""


class Quiet(Struct, frozen=True, gc=False, rename="camel", omit_defaults=True):
    """A frozen struct whose repr tells nothing, since reprs end up in logs."""

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class Coding(Quiet, frozen=True):
    """A code with its system and wording; all None when a source's coding could not be read."""

    system: str | None = None
    code: str | None = None
    display: str | None = None
    version: Kept = UNSET
    user_selected: Kept = UNSET
    extension: Kept = UNSET


class Concept(Quiet, frozen=True):
    """A CodeableConcept."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None
    extension: Kept = UNSET


class Extension(Quiet, frozen=True):
    """An extension on an identifier, as far as the number's verification status needs it."""

    url: str | None = None
    value_codeable_concept: Concept | None = None
    value_coding: Coding | None = None
    value_code: str | None = None


class Period(Quiet, frozen=True):
    """A start and an end, each as the source wrote it."""

    start: str | None = None
    end: str | None = None
    extension: Kept = UNSET


class Identifier(Quiet, frozen=True):
    """A business identifier."""

    extension: tuple[Extension, ...] = ()
    use: str | None = None
    type: Kept = UNSET
    system: str | None = None
    value: str | None = None
    period: Kept = UNSET
    assigner: Kept = UNSET


class Reference(Quiet, frozen=True):
    """A pointer to another resource."""

    reference: str | None = None
    type: str | None = None
    identifier: Identifier | None = None
    display: str | None = None
    extension: Kept = UNSET


class Meta(Quiet, frozen=True):
    """A resource's labels, tags and version."""

    version_id: str | None = None
    last_updated: str | None = None
    source: Kept = UNSET
    profile: tuple[str, ...] = ()
    security: tuple[Coding, ...] = ()
    tag: tuple[Coding, ...] = ()
    extension: Kept = UNSET


class HumanName(Quiet, frozen=True):
    """A person's name."""

    use: str | None = None
    text: str | None = None
    family: str | None = None
    given: tuple[str, ...] = ()
    prefix: Kept = UNSET
    suffix: Kept = UNSET
    period: Kept = UNSET
