"""Turn each failure into a status and an OperationOutcome: one table, one function for every not-found.

Decides nothing. HTTP semantics after HL7 UK's Access draft and FHIR R4, section 3.1.0.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from fhir_profiles.outcomes import Severity, operation_outcome, operation_outcomes
from gateway.errors import (
    BadRequestError,
    ConflictError,
    GoneError,
    NoDemographicsError,
    NoSourceAnsweredError,
    NotAcceptableError,
    NotAuthenticatedError,
    NotFoundError,
    RefusedError,
    SharedCareRecordError,
    UnsafePolicyError,
    UnservableDocumentError,
)

FHIR_JSON = "application/fhir+json"

_MOST_FAULTS = 100
"""Enough to mend a policy by; a policy may have tens of thousands."""

_NOT_FOUND = operation_outcome(
    Severity.ERROR, "not-found", diagnostics="There is nothing here for you under this address."
)

_REFUSALS = {
    "no-agreement": "Your organisation shares no records here for this purpose.",
    "no-relationship": "Your organisation has no current relationship with this person.",
    "already-related": "You have a relationship with this person already.",
    "too-many-claims": "You have claimed too many relationships in one day.",
    "break-glass-required": "No emergency access to this person is open to you: give the reason first.",
    "permission-to-view-required": "Ask the person whether you may view their record, and record the answer first.",
    "permission-refused": "The person has said no to this record being viewed.",
    "permission-not-asked-for": "Your organisation records no permission to view.",
    "sharing-restricted": "Sharing of this record is restricted.",
    "purpose-not-allowed": "This purpose of use is not one of yours.",
    "not-an-administrator": "You are not on the list of policy administrators.",
    "own-act": "What somebody did is reviewed by somebody else.",
    "own-change": "A change is approved by somebody other than who proposed it.",
    "guardian-needed": "A Caldicott Guardian must approve this change.",
    "second-person-needed": "A second person must approve this first.",
    "suspended": "Your access is suspended.",
    "no-role": "Your role profile has no access here.",
    "no-patient-access": "Your role has no access to one person's record.",
    "out-of-scope": "The scopes of this access token do not cover this.",
    "not-the-launched": "This application was launched for another person.",
    "feed-not-agreed": "No agreement in force names this dataset and project for your organisation.",
    "not-the-recipient": "This is for another organisation.",
    "ethics-missing": "Research needs an ethics approval that the agreement names.",
    "ethics-ended": "The ethics approval that the agreement names has ended.",
    "too-many-re-identifications": "As many were asked about as a day allows you or your organisation.",
}

_OFFERS = {
    "break-glass": "In an emergency, state the reason by POST /access/break-glass.",
    "record-permission": "Record it by POST /access/permissions.",
    "self-claim": "If the person is in your care, say so by POST /access/claims.",
}

_BY_SCOPE = frozenset({"out-of-scope", "not-the-launched"})
"""Refusals that a token with other scopes would not meet (RFC 6750, section 3.1)."""

_PLAIN: Mapping[type[SharedCareRecordError], tuple[int, str, str]] = {
    GoneError: (410, "expired", "It was here, and has expired or was ended: ask anew."),
    NotAcceptableError: (406, "not-supported", "Only JSON is served."),
    UnservableDocumentError: (
        422,
        "not-supported",
        "This document is of a kind or a size that is not served here: ask its source.",
    ),
}


def problem_of(fault: SharedCareRecordError) -> Response:
    """Give the response for a named failure."""
    match fault:
        case NotFoundError():
            return not_found()
        case NotAuthenticatedError():
            challenge = {"WWW-Authenticate": "Bearer"}
            return _problem(401, "login", "A valid access token is needed.", challenge)
        case RefusedError():
            return _refused(fault)
        case GoneError() | NotAcceptableError() | UnservableDocumentError():
            return _problem(*_PLAIN[type(fault)])
        case ConflictError():
            return _problem(409, "conflict", str(fault))
        case UnsafePolicyError():
            body = operation_outcomes(Severity.ERROR, "business-rule", fault.faults[:_MOST_FAULTS])
            return Response(body, 422, media_type=FHIR_JSON)
        case BadRequestError():
            return _problem(400, fault.code, str(fault))
        case _:
            return _problem(503, "transient", _missing_part(fault), {"Retry-After": "5"})


def _refused(fault: RefusedError) -> Response:
    reason = fault.reason
    offered = [_OFFERS[each] for each in sorted(fault.offers)]
    message = " ".join([_REFUSALS.get(reason, "This is not allowed."), *offered])
    challenge = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
    return _problem(403, "forbidden", message, challenge if reason in _BY_SCOPE else None)


def _missing_part(fault: SharedCareRecordError) -> str:
    match fault:
        case NoDemographicsError():
            return "The demographics service did not answer. This does not say that nobody matches."
        case NoSourceAnsweredError():
            return "None of the sources answered. This does not say that there is no record."
        case _:
            return "A part of the service that must answer did not. Nothing was disclosed."


def not_found() -> Response:
    """Give the one answer for "does not exist" and for "not yours"."""
    return Response(_NOT_FOUND, 404, media_type=FHIR_JSON)


def method_not_allowed() -> Response:
    """Give the answer for a method that an address does not serve."""
    return _problem(405, "not-supported", "This method is not served here.", {"Allow": "GET, POST"})


async def answer_named_failure(_request: Request, fault: Exception) -> Response:
    """Answer a failure that the service names."""
    assert isinstance(fault, SharedCareRecordError)
    return problem_of(fault)


async def answer_unknown_failure(_request: Request, _fault: Exception) -> Response:
    """Answer anything else: nothing of it is told, the request id leads to the log."""
    return _problem(500, "exception", "The service failed. Quote the X-Request-ID of this answer.")


def _problem(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> Response:
    body = operation_outcome(Severity.ERROR, code, diagnostics=message)
    return Response(body, status, media_type=FHIR_JSON, headers=headers)
