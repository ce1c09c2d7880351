"""Say who may call each route family at all, and what anyone else is answered.

It decides nothing about one person's data: an entitled role may still be refused by
`access_evaluator.decide`. Follows the HTTP table of interfaces, and the roles file,
sections 2, 4 and 5.
"""

from dataclasses import dataclass
from typing import Final, Literal

from tests.reference import settled
from tests.reference.vocabulary import (
    ADMINISTRATION_PURPOSES,
    CARE_PURPOSES,
    CARE_ROLES,
    EMERGENCY_ROLES,
    PATIENT_AUDIT_ROLES,
    PLANNING_PURPOSES,
    POPULATION_ROLES,
    RESEARCH_PURPOSES,
    ROLES,
    purposes_of,
)

Status = Literal[401, 403, 404]
# Interfaces, demo users: the machine client `planner-client`, for SMART Backend Services.
BACKEND_SERVICE: Final = "backend_service"
POPULATION_PURPOSES: Final = PLANNING_PURPOSES | RESEARCH_PURPOSES
PLANNERS: Final = frozenset({"public_health_planner", "csp_violence_analyst"})
POLICY_READERS: Final = frozenset({"policy_admin", "caldicott_guardian", "system_auditor"})


@dataclass(frozen=True, slots=True)
class RouteFamily:
    """Routes that share one entitlement.

    Shape: `principals` None means public, purposes then unread. `not_mine` is what an
    entitled caller gets for a thing that is another's, None where there is no such thing.
    """

    name: str
    routes: tuple[str, ...]
    principals: frozenset[str] | None
    purposes: frozenset[str]
    not_mine: Status | None
    source: str


_FAMILIES: Final = (
    RouteFamily(
        "conformance",
        ("GET /fhir/metadata", "GET /fhir/.well-known/smart-configuration"),
        None, frozenset(), None,
        "safety AZ 21: metadata and well-known, by an allow list (ambiguity 21)",
    ),
    RouteFamily(
        "health",
        ("GET /health/live", "GET /health/ready"),
        None, frozenset(), None,
        "safety AZ 21: health, by an allow list (ambiguity 21)",
    ),
    RouteFamily(
        "operations",
        ("GET /metrics", "GET /version"),
        frozenset(), frozenset(), None,
        "safety AZ 21: unauthenticated \"no versions\"; no role of the tables is an operator",
    ),
    RouteFamily(
        "sign-in", ("GET /", "GET|POST sign-in pages"),
        None, frozenset(), None,
        "interfaces, pages: sign-in comes before any role",
    ),
    RouteFamily(
        "find",
        ("POST /fhir/Patient/_search", "POST /fhir/Patient/$match", "page: patient search"),
        CARE_ROLES, CARE_PURPOSES, None,
        "decisions 6 FindPermit; roles section 5: patient-level endpoints return 403",
    ),
    RouteFamily(
        "record",
        (
            "GET /fhir/Patient/{id}", "GET /fhir/Patient/{id}/$everything",
            "GET /fhir/Patient/{id}/$summary", "GET /fhir/{Type}?patient={id}",
            "POST /fhir/{Type}/_search", "GET /fhir/{Type}/{id}",
            "GET /fhir/{Type}/{id}/$original", "page: patient record",
        ),
        CARE_ROLES, CARE_PURPOSES, 404,
        "roles section 5: 403 for non-care roles; safety UNIFORM-404 for not yours",
    ),
    RouteFamily(
        "break-glass", ("page: break-glass",),
        EMERGENCY_ROLES, CARE_PURPOSES, 403,
        "roles section 4; safety AZ 12: 400/403 for a non-existing patient",
    ),
    RouteFamily(
        "audit-events", ("GET /fhir/AuditEvent?patient={id}",),
        PATIENT_AUDIT_ROLES, ADMINISTRATION_PURPOSES, None,
        "roles section 5: audit routes excepted for privacy officer and auditor (ambiguity 22)",
    ),
    RouteFamily(
        "audit-proof", ("GET /audit/proof/{entry}", "GET /audit/consistency/{old}/{new}", "GET /audit/checkpoint"),
        PATIENT_AUDIT_ROLES, ADMINISTRATION_PURPOSES, 404,
        "interfaces, HTTP: same row, \"for those entitled\" (ambiguity 22)",
    ),
    RouteFamily(
        "audit-page", ("page: audit",),
        PATIENT_AUDIT_ROLES, ADMINISTRATION_PURPOSES, None,
        "roles section 5, audit column (ambiguity 22)",
    ),
    RouteFamily(
        "privacy-queue", ("page: privacy officer's queue",),
        frozenset({"ig_privacy_officer", "caldicott_guardian"}), ADMINISTRATION_PURPOSES, None,
        "roles section 5: alerts; Caldicott \"as above + approve overrides\"",
    ),
    RouteFamily(
        "bulk-export",
        (
            "POST /fhir/$export", "GET /fhir/$export", "GET export status", "GET export file",
            "DELETE export",
        ),
        POPULATION_ROLES | {BACKEND_SERVICE}, POPULATION_PURPOSES, 404,
        "decisions 12: an approved release to its own project; safety DE 06: another's is 404",
    ),
    RouteFamily(
        "sql-on-fhir",
        (
            "POST /fhir/$sql-run", "POST /fhir/$sql-export", "POST /fhir/$viewdefinition-run",
            "POST /fhir/$viewdefinition-export",
        ),
        POPULATION_ROLES, POPULATION_PURPOSES, 404,
        "decisions 12; roles section 5: clinical roles cannot call row-level endpoints",
    ),
    RouteFamily(
        "datasets", ("/population/datasets", "/population/releases", "page: planner's datasets"),
        POPULATION_ROLES, POPULATION_PURPOSES, 404,
        "roles section 5, planning and research columns",
    ),
    RouteFamily(
        "counts", ("/population/counts", "page: planner's dashboard"),
        PLANNERS, PLANNING_PURPOSES, None,
        "roles section 5, planning column: researcher D (ambiguity 23)",
    ),
    RouteFamily(
        "policy-read", ("GET /policy/versions", "/policy/explain", "GET /policy/drafts"),
        POLICY_READERS, ADMINISTRATION_PURPOSES, 404,
        "roles section 5, policy_admin column: edit drafts, approve, read",
    ),
    RouteFamily(
        "policy-edit",
        ("POST /policy/drafts", "POST …/activate", "POST …/rollback", "page: policy editor"),
        frozenset({"policy_admin"}), ADMINISTRATION_PURPOSES, 404,
        "roles section 5: policy_admin edits; Caldicott \"cannot edit alone\"; auditor \"no edits\"",
    ),
    RouteFamily(
        "policy-approve", ("POST …/approve", "POST …/replay"),
        frozenset({"policy_admin", "caldicott_guardian"}), ADMINISTRATION_PURPOSES, 404,
        "roles section 5: approve; \"two-person publish\"; safety PA 06: own change 403",
    ),
)  # fmt: skip
FAMILIES: Final[dict[str, RouteFamily]] = {family.name: family for family in _FAMILIES}


def status_for(family: str, principal: str | None, purpose: str | None = None) -> Status | None:
    """Return what a caller is answered who may not call this family, None if they may.

    Shape: `principal` None is a caller without a valid token; a page then redirects to
    sign-in instead of 401 (safety, AU 15). `purpose` None leaves the purpose untested.
    Source: safety, AU 01 (401) and AZ 09 (403).
    """
    entitled = FAMILIES[family]
    if entitled.principals is None:
        return None
    if principal is None:
        return 401
    if principal not in entitled.principals | settled.further_principals(family):
        return 403
    if purpose is None or purpose in entitled.purposes & _purposes_of_principal(principal):
        return None
    return 403


def may_read_dataset(role: str, dataset: str) -> bool:
    """Return whether a role may ever read a population data set.

    Shape: `dataset` is "violence" for the ISTV feed, any other name for the rest.
    Source: the roles file, section 5: planner "aggregate + pseudonymised rows", analyst
    "ISTV feed only", researcher "project-scoped pseudonymised view".
    """
    if role == "csp_violence_analyst":
        return dataset == "violence"
    return role in POPULATION_ROLES


def may_approve_draft(author: str, approver: str, approver_role: str, *, loosens: bool) -> bool:
    """Return whether a person may approve a policy draft.

    Shape: `loosens` is true where the draft loosens sexual-health, mental-health or
    safeguarding rows, or adds an emergency right.
    Source: the roles file, section 7, "approved by a second person ... needs the Caldicott
    Guardian"; section 8, test 21.
    """
    if author == approver:
        return False
    if loosens:
        return approver_role == "caldicott_guardian"
    return approver_role in {"policy_admin", "caldicott_guardian"}


def _purposes_of_principal(principal: str) -> frozenset[str]:
    return purposes_of(principal) if principal in ROLES else POPULATION_PURPOSES
