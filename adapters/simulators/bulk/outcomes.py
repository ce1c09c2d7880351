"""Say no as a FHIR server does: an OperationOutcome with a status."""

from starlette.responses import Response

from adapters.simulators.rendering import Resource, write

FHIR_JSON = "application/fhir+json"


class RefusedError(Exception):
    """Say that a request is refused, and how."""

    def __init__(
        self, status: int, code: str, diagnostics: str, retry_after: int | None = None
    ) -> None:
        super().__init__(diagnostics)
        self.status = status
        self.code = code
        self.retry_after = retry_after


def refusal(error: RefusedError) -> Response:
    """Answer a refused request."""
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return Response(outcome(error.code, str(error)), error.status, headers, FHIR_JSON)


def outcome(code: str, diagnostics: str, severity: str = "error") -> bytes:
    """Write an OperationOutcome of one issue."""
    issue = {"severity": severity, "code": code, "diagnostics": diagnostics}
    resource: Resource = {"resourceType": "OperationOutcome", "issue": [issue]}
    return write(resource)
