"""Judge whose a document is by what its source says of it.

Reads no content, and reports nothing (`disclosure` does). As strict as `verify` is with a record: only a source
that says nothing at all of its document is believed by the item that the document is attached to.
FHIR R4, Binary.securityContext; docs/decisions/0007, section 2.
"""

from collections.abc import Callable, Iterator
from enum import Enum, auto

from adapters.contract import Outcome, Reason
from fhir_profiles.headers import Reference
from fhir_profiles.references import ParsedReference, ReferenceKind, parse_reference
from fhir_profiles.systems import NHS_NUMBER_ACCEPTED
from gateway.access.permit import Permit
from gateway.errors import NotFoundError
from gateway.patient.people import number_of
from gateway.patient.receipt import SourceEnd


class Whose(Enum):
    """What a document's own statement of whose it is amounts to."""

    THEIRS = auto()
    UNPROVEN = auto()
    FOREIGN = auto()


class MisfiledDocumentError(NotFoundError):
    """Say that a document is not proven to be the person's: to the caller, that there is none.

    `end` is the truth for audit.
    """

    def __init__(self, end: SourceEnd) -> None:
        super().__init__("The document does not belong to the item.")
        self.end = end


_ENDS = {
    Whose.UNPROVEN: (Outcome.MALFORMED, Reason.UNPROVEN),
    Whose.FOREIGN: (Outcome.WRONG_PATIENT, Reason.FOREIGN_SUBJECT),
}


def end_of(whose: Whose, source_id: str) -> SourceEnd:
    """Say how asking a source for a document ended that is not proven to be theirs."""
    return SourceEnd(source_id, *_ENDS[whose])


def whose_is(
    stated: Reference | None, permit: Permit, in_view: Callable[[str], bytes | None]
) -> Whose:
    """Judge a statement; `in_view` tells what a reference of the source names in the reader's view."""
    if stated is None:
        return Whose.THEIRS
    person = permit.person
    accepted = {permit.patient, person.nhs_number, *person.superseded}
    parsed = parse_reference(stated.reference or "")
    numbers = {number_of(text) for text in _numbers_in(stated, parsed)}
    if numbers - {None} - accepted:
        return Whose.FOREIGN
    if None in numbers:
        return Whose.UNPROVEN
    if stated.reference is None or parsed.kind is ReferenceKind.CONDITIONAL:
        # The item is proven already, so the source's own Patient has said that its number is verified.
        return Whose.THEIRS if numbers else Whose.UNPROVEN
    if in_view(stated.reference) is not None:
        return Whose.THEIRS
    return Whose.FOREIGN if _is_of_the_source(parsed) else Whose.UNPROVEN


def _numbers_in(stated: Reference, parsed: ParsedReference) -> Iterator[str]:
    if parsed.kind is ReferenceKind.CONDITIONAL and parsed.system in NHS_NUMBER_ACCEPTED:
        yield parsed.value or ""
    identifier = stated.identifier
    if identifier is not None and identifier.system in NHS_NUMBER_ACCEPTED:
        yield identifier.value or ""


def _is_of_the_source(parsed: ParsedReference) -> bool:
    """Say whether a Patient of the source itself is named, who is then not the one of the record."""
    return parsed.kind is ReferenceKind.RELATIVE and parsed.resource_type == "Patient"
