"""Name the failures of the service.

Does not say how they are told to a caller: `gateway/api/problems.py` turns each into a status and an
OperationOutcome.

    SharedCareRecordError
    ├── NotAuthenticatedError      who is asking cannot be established
    ├── RefusedError               known caller, not allowed (the reason is a closed word)
    │   ├── NoRoleError            known caller, in no role that has a place here
    │   └── FormNotOursError       known caller, whose form no page of their session sent
    ├── NotFoundError              does not exist, or must look as if it did not
    ├── GoneError                  was there, is no longer (page cursors)
    ├── BadRequestError            what was asked cannot be understood or is not supported
    ├── ConflictError              somebody else was quicker: look again
    ├── UnsafePolicyError          a policy that would lock people out, or open it too far
    ├── NotAcceptableError         no representation that the caller takes
    ├── UnservableDocumentError    a document of a kind or a size that is not passed on
    ├── LogAlteredError            the audit log is not what was signed
    ├── LaterEntryError            the audit has an entry that only a later version can tell
    └── UnavailableError           a part that must answer did not
        ├── AuditUnavailableError  no record could be written, so nothing is done
        ├── GroundChangedError     what was decided rests on something that has changed: decide again
        │   ├── PolicyChangedError     on an older policy version
        │   └── AgreementEndedError    on an agreement that has ended
        ├── NoDemographicsError    nobody can be looked up now
        └── NoSourceAnsweredError  none of the sources answered
"""

from collections.abc import Iterable


class SharedCareRecordError(Exception):
    """Root of every failure that this service names; messages never hold patient data."""


class NotAuthenticatedError(SharedCareRecordError):
    """Say that the caller is not known."""


class RefusedError(SharedCareRecordError):
    """Say that a known caller may not do this; `reason` is a closed word for people and audit.

    `offers` names, by closed words, what they may do instead.
    """

    def __init__(self, reason: str, message: str, offers: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.reason = reason
        self.offers = frozenset(offers)


class NoRoleError(RefusedError):
    """Say that a known caller acts in no role that has a place here."""

    def __init__(self, user_id: str, message: str) -> None:
        super().__init__("no-role", message)
        self.user_id = user_id


class FormNotOursError(RefusedError):
    """Say that no page of the caller's session sent a form."""

    def __init__(self, message: str) -> None:
        super().__init__("form-not-ours", message)


class NotFoundError(SharedCareRecordError):
    """Say that something does not exist for this caller."""


class GoneError(SharedCareRecordError):
    """Say that something existed and has expired."""


class BadRequestError(SharedCareRecordError):
    """Say what in the request cannot be served; `code` is a FHIR issue type."""

    def __init__(self, message: str, code: str = "invalid") -> None:
        super().__init__(message)
        self.code = code


class ConflictError(SharedCareRecordError):
    """Say that things are no longer as the caller saw them."""


class UnsafePolicyError(SharedCareRecordError):
    """Say every fault of a policy; none repeats what was written."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(self.faults))


class NotAcceptableError(SharedCareRecordError):
    """Say that the caller takes none of the forms that are served."""


class UnservableDocumentError(SharedCareRecordError):
    """Say that a document is there and is not passed on, for what it is made of."""


class LogAlteredError(SharedCareRecordError):
    """Say that the audit log is not what was signed; no request raises it."""


class LaterEntryError(SharedCareRecordError):
    """Say that the audit holds an entry of a kind that this version does not know: ask a worker of the later one."""


class UnavailableError(SharedCareRecordError):
    """Say that a part that must answer did not."""


class AuditUnavailableError(UnavailableError):
    """Say that the audit record could not be made durable."""


class GroundChangedError(UnavailableError):
    """Say that what a decision rests on is not as it was when it was made."""


class PolicyChangedError(GroundChangedError):
    """Say that the decision was made under a policy version that is no longer active."""


class AgreementEndedError(GroundChangedError):
    """Say that the decision was made under an agreement that has ended since."""


class NoDemographicsError(UnavailableError):
    """Say that the demographics service did not answer, so that nobody can be looked up."""


class NoSourceAnsweredError(UnavailableError):
    """Say that no source answered."""
