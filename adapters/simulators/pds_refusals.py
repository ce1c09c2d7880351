"""Word the refusals of PDS.

Decides none of them. PDS FHIR API, error codes.
"""

from dataclasses import dataclass

from adapters.simulators.rendering import Resource

_CODES = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode"

# Status, FHIR issue code, wording, for each code that PDS gives.
_WORDINGS: dict[str, tuple[int, str, str]] = {
    "INVALID_RESOURCE_ID": (400, "value", "Resource Id is invalid"),
    "INVALID_SEARCH_DATA": (400, "value", "Search data is invalid"),
    "MISSING_VALUE": (400, "required", "Required value is missing"),
    "INVALID_VALUE": (400, "value", "Provided value is invalid"),
    "ADDITIONAL_PROPERTIES": (400, "invalid", "Invalid additional property"),
    "UNSUPPORTED_SERVICE": (400, "invalid", "Unsupported Service"),
    "ACCESS_DENIED": (401, "forbidden", "Access Denied"),
    "RESOURCE_NOT_FOUND": (404, "not-found", "Resource not found"),
    "INVALIDATED_RESOURCE": (404, "not-found", "Resource that has been marked as invalid"),
    "TOO_MANY_MATCHES": (200, "multiple-matches", "Too Many Matches"),
}


@dataclass(frozen=True, slots=True)
class PdsRefusal:
    """A refusal by its code; `field` names what was wrong, never its value."""

    code: str
    field: str = ""

    @property
    def status(self) -> int:
        """Give the HTTP status; too many matches are no error to PDS."""
        return _WORDINGS[self.code][0]

    def outcome(self) -> Resource:
        """Give the OperationOutcome."""
        status, issue_code, display = _WORDINGS[self.code]
        issue: Resource = {
            "severity": "information" if status == 200 else "error",
            "code": issue_code,
            "details": {
                "coding": [
                    {"system": _CODES, "version": "1", "code": self.code, "display": display}
                ]
            },
        }
        if self.field:
            issue["diagnostics"] = f"{display} - '{self.field}'"
        return {"resourceType": "OperationOutcome", "issue": [issue]}
