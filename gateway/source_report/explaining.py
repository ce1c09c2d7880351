"""Explain an answer that is not what was asked for: what it shows, and what to do about it.

Asks nothing. Follows RFC 9110 for what a status means, and FHIR R4 3.1.0.2 for error bodies.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

import msgspec

from adapters.contract import Reason
from adapters.transport import Fetched, Unfetched
from gateway.source_report.asking import Answer
from gateway.source_report.seen import Seen, problem

JSON_TYPES = frozenset({"application/fhir+json", "application/json", "application/json+fhir"})


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is wrong with an answer, and its remedy."""

    saw: str
    remedy: str


_WHY_NO_ANSWER: Mapping[Reason, Explanation] = MappingProxyType(
    {
        Reason.CONNECTION: Explanation(
            "no connection, or one that broke off",
            "Check that base_url is right, that the server runs, and that no firewall is between.",
        ),
        Reason.TLS: Explanation(
            "TLS was not agreed",
            "Check the server's certificate chain and name, TLS 1.2 or later, and whether it wants ours "
            "(auth kind mtls).",
        ),
        Reason.DEADLINE: Explanation(
            "no whole answer in time",
            "Find out what the source waits for; deadline_seconds may be raised, and readers wait as long.",
        ),
        Reason.REDIRECT: Explanation(
            "a redirect, which is never followed",
            "Give base_url as the address that the source itself answers at; a sign-in page means that "
            "our credentials are not taken.",
        ),
        Reason.TOO_LARGE: Explanation(
            "an answer beyond 16 MiB", "Have the source keep to the page size that it is asked for."
        ),
        Reason.LENGTH_MISMATCH: Explanation(
            "an answer cut off, or longer than its Content-Length",
            "Look for a proxy that cuts answers off, and for a wrong Content-Length.",
        ),
        Reason.PAGING_HOST: Explanation(
            "a link that leads away from the source's base address",
            "Have the source write its links under base_url: often its own public address is not configured.",
        ),
        Reason.UNAUTHORISED: Explanation(
            "no access token from the token endpoint",
            "Check token_url, client_id and secret, and that this client is registered there.",
        ),
    }
)
_UNKNOWN = Explanation("no answer that can be read", "Look at what the source sends byte for byte.")

_WHY_STATUS: Mapping[int, str] = MappingProxyType(
    {
        HTTPStatus.UNAUTHORIZED: "Our credentials are not taken: check auth in the settings, and our registration there.",
        HTTPStatus.FORBIDDEN: "We are known and not allowed: have the source give us leave to read and search.",
        HTTPStatus.NOT_FOUND: "Check base_url: it must be the FHIR base, to which /metadata or a type is added.",
        HTTPStatus.GONE: "Check base_url: this address is no longer served.",
        HTTPStatus.METHOD_NOT_ALLOWED: "Have the source allow this by GET.",
        HTTPStatus.NOT_ACCEPTABLE: "Have the source serve application/fhir+json.",
        HTTPStatus.TOO_MANY_REQUESTS: "Have the source raise our limit: one record is about a dozen searches at once.",
    }
)


def explain(answer: Answer) -> Explanation | None:
    """Say what is wrong with an answer; None for status 200 in JSON."""
    result = answer.result
    if isinstance(result, Unfetched):
        return _WHY_NO_ANSWER.get(result.reason, _UNKNOWN)
    if result.status != HTTPStatus.OK:
        return Explanation(f"status {result.status}", _remedy_of(result.status))
    if result.content_type not in JSON_TYPES:
        told = result.content_type or "nothing"
        return Explanation(
            f"status 200, and calls its answer {told}, not FHIR JSON",
            "Check base_url: a page for people, such as a sign-in page, may stand before the source.",
        )
    return None


def refused_badly(trial: str, answer: Answer) -> Seen | None:
    """Say what is wrong with the body of an error; None when it is an OperationOutcome, as FHIR asks."""
    if is_outcome(answer):
        return None
    return problem(
        trial,
        f"status {answer.status} without an OperationOutcome",
        "Have the source answer errors with an OperationOutcome in application/fhir+json (FHIR R4 3.1.0.2).",
    )


def is_outcome(answer: Answer) -> bool:
    """Say whether an answer is an OperationOutcome with at least one issue."""
    result = answer.result
    if not isinstance(result, Fetched) or result.content_type not in JSON_TYPES:
        return False
    return resource_type_of(answer) == "OperationOutcome" and bool(_outcome_of(result.body).issue)


def codes_of(answer: Answer) -> frozenset[str]:
    """Give the codes that the details of an OperationOutcome name."""
    issues = _outcome_of(answer.body).issue
    return frozenset(coding.code for issue in issues for coding in issue.details.coding)


def resource_type_of(answer: Answer) -> str:
    """Give the type of the resource that came; none for anything else."""
    try:
        return msgspec.json.decode(answer.body, type=_Typed).resource_type
    except (msgspec.DecodeError, RecursionError):
        return ""


class _Typed(msgspec.Struct, rename={"resource_type": "resourceType"}):
    resource_type: str = ""


class _Coding(msgspec.Struct):
    code: str = ""


class _Details(msgspec.Struct):
    coding: list[_Coding] = []


class _Issue(msgspec.Struct):
    details: _Details = msgspec.field(default_factory=_Details)


class _Outcome(msgspec.Struct):
    issue: list[_Issue] = []


def _outcome_of(body: bytes) -> _Outcome:
    try:
        return msgspec.json.decode(body, type=_Outcome)
    except (msgspec.DecodeError, RecursionError):
        return _Outcome()


def _remedy_of(status: int) -> str:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return (
            "The source failed: ask those who run it for the cause, with the time and X-Request-ID."
        )
    return _WHY_STATUS.get(status, "Ask those who run the source what this status means there.")
