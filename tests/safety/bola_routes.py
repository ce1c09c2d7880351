"""Say what each route must answer each caller about each person, out of the reference's verdicts.

A route that stands in no table here is a failure: `expected` knows no default.
"""

from collections.abc import Callable
from dataclasses import dataclass

from fhir_profiles.nhs_number import NhsNumber
from tests.reference.access_evaluator import decide, objects_to_all
from tests.reference.routes import status_for
from tests.reference.vocabulary import EMERGENCY_ROLES
from tests.reference.world import Verdict
from tests.safety.bola_machines import MACHINES
from tests.safety.bola_planning import PAGES_OF_PLANNING, RULES_OF_PLANNING
from tests.safety.bola_world import ELSEWHERE, NOBODY, USERS, Matrix
from tests.safety.every_route import Served

Statuses = frozenset[int]

STATUS = {None: 200, "not-found-uniform": 404, "forbidden": 403, "unavailable": 503}
ADMITTED: Statuses = frozenset({200, 201, 204, 303, 400, 404, 409, 422})
"""What somebody may get who may use a route: there is nothing under the made-up ids, and little in the forms."""

_NOT_YOURS = ("4 ", "5 ")
"""By these rules an item is not there for a caller: safety, AZ 02, "id of ... another's: UNIFORM-404"."""

TO_SIGN_IN: Statuses = frozenset({303})


@dataclass(frozen=True)
class Item:
    """One real item of a person, as somebody who sees it was told of it; no label of any fact of theirs is on it."""

    type: str
    id: str
    source: str
    category: str


@dataclass(frozen=True)
class Cell:
    """One caller, one person, one route; `item` is one of the person's own, None where they have none."""

    user: str
    number: NhsNumber
    route: Served
    item: Item | None = None


_WITHOUT_PAGES = frozenset(each.username for each in ELSEWHERE)
"""The provider of the demo signs these in to no page."""

Rule = Callable[[Matrix, Cell], Statuses]


def expected(matrix: Matrix, cell: Cell) -> Statuses:
    """Give the statuses that the reference allows. Raises KeyError for a route that `RULES` does not name."""
    is_api, rule = RULES[cell.route.method, cell.route.path]
    is_signed_in = cell.user != NOBODY and (is_api or cell.user not in _WITHOUT_PAGES)
    if not is_signed_in and rule is not open_to_all:
        return frozenset({401}) if is_api else TO_SIGN_IN
    return rule(matrix, cell)


def is_denied(matrix: Matrix, cell: Cell) -> bool:
    """Say whether a route about one person must give nothing of them, whatever it answers."""
    _is_api, rule = RULES[cell.route.method, cell.route.path]
    if rule in {record, item, part_of_item}:
        return cell.user == NOBODY or not read(matrix, cell).allowed
    return rule in _ABOUT_A_PERSON and not expected(matrix, cell) & {200, 201}


def read(matrix: Matrix, cell: Cell, purpose: str = "") -> Verdict:
    """Decide the reading of a person by a caller, for the purpose that the service takes when none is named."""
    purposes = USERS[cell.user].purposes
    named = purpose or ("TREAT" if "TREAT" in purposes else purposes[0])
    return decide(matrix.world, matrix.request(cell.user, cell.number, "view", "record", named))


def open_to_all(_matrix: Matrix, _cell: Cell) -> Statuses:
    return ADMITTED


def record(matrix: Matrix, cell: Cell) -> Statuses:
    return frozenset({STATUS[read(matrix, cell).outward]})


def item(matrix: Matrix, cell: Cell) -> Statuses:
    verdict = read(matrix, cell)
    if verdict.rule.startswith(_NOT_YOURS):
        return frozenset({404})
    if not verdict.allowed:
        return frozenset({STATUS[verdict.outward]})
    if cell.item is None:
        return frozenset({404})
    one = frozenset({"normal"})
    level = verdict.level_from(cell.item.source, cell.item.category, one)
    # What is shown in part may be left out: whether it is current, say, is no question of access.
    shown = {"all": {200}, "summary": {200, 404}, "mask": {200, 404}, "none": {404}}
    return frozenset(shown[level])


def part_of_item(matrix: Matrix, cell: Cell) -> Statuses:
    # What the source itself sent, and a document, are shown of fewer items than may be read.
    statuses = item(matrix, cell)
    return statuses | {404} if 200 in statuses else statuses


def find(matrix: Matrix, cell: Cell) -> Statuses:
    purposes = USERS[cell.user].purposes
    named = "TREAT" if "TREAT" in purposes else purposes[0]
    question = matrix.request(cell.user, cell.number, "search", "find", named)
    return frozenset({STATUS[decide(matrix.world, question).outward]})


def break_glass(matrix: Matrix, cell: Cell) -> Statuses:
    question = matrix.request(cell.user, cell.number, "break-glass", "break-glass", "ETREAT")
    outward = decide(matrix.world, question).outward
    return frozenset({201 if outward is None else STATUS[outward]})


def claim(matrix: Matrix, cell: Cell) -> Statuses:
    verdict = read(matrix, cell)
    if matrix.roles[cell.user] not in EMERGENCY_ROLES or verdict.allowed:
        return frozenset({403})
    if "self-claim" not in verdict.offers:
        return frozenset({STATUS[verdict.outward]})
    [person] = [each for each in matrix.world.people if each.id == cell.number.digits]
    return frozenset({403 if objects_to_all(matrix.world, person, "TREAT") else 201})


def claim_page(matrix: Matrix, cell: Cell) -> Statuses:
    # Who may claim at all is a question of the role; the rest is answered when the form comes back filled in.
    return _by_role(matrix.roles[cell.user] in EMERGENCY_ROLES)


def emergency_page(matrix: Matrix, cell: Cell) -> Statuses:
    may_name = "ETREAT" in USERS[cell.user].purposes
    return _by_role(status_for("break-glass", matrix.roles[cell.user]) is None and may_name)


def asked_of_nobody(_matrix: Matrix, _cell: Cell) -> Statuses:
    # No organisation here asks people before it looks, so there is nothing to answer, whoever they are.
    return frozenset({403})


def without_grant(_matrix: Matrix, _cell: Cell) -> Statuses:
    return frozenset({403})


def _always(*statuses: int) -> Rule:
    return lambda _matrix, _cell: frozenset(statuses)


goes_elsewhere, never_there, refused_as_asked = _always(303), _always(403, 404), _always(400)


def of_family(family: str) -> Rule:
    """Give the rule of a family of routes that are about no person: entitled, or refused at the door."""

    def rule(matrix: Matrix, cell: Cell) -> Statuses:
        role = matrix.roles[cell.user]
        refusal = status_for(family, role)
        if refusal is None:
            return ADMITTED
        # Who may look at drafts is told that there is none of this id before they are told that it is not theirs.
        may_look = status_for("policy-read", role) is None and "{draft_id}" in cell.route.path
        return frozenset({refusal, 404} if may_look else {refusal})

    return rule


def operators(matrix: Matrix, cell: Cell) -> Statuses:
    # Nobody's role is an operator's, and whoever's token is not the operator's own is nobody there.
    refusal = status_for("operations", matrix.roles[cell.user])
    return frozenset({401, refusal} if refusal else ())


def looking(matrix: Matrix, cell: Cell) -> Statuses:
    return of_family("privacy-queue")(matrix, cell)


def settling(matrix: Matrix, cell: Cell) -> Statuses:
    if matrix.roles[cell.user] == "system_auditor":
        return frozenset({403})
    return looking(matrix, cell)


def finding_for_review(matrix: Matrix, cell: Cell) -> Statuses:
    # An auditor knows people by their opaque ids.
    return settling(matrix, cell)


def form_of_no_page(_matrix: Matrix, _cell: Cell) -> Statuses:
    # A form is read before it is asked who may send it; this one is no form of a page.
    return frozenset({400, 403})


def _by_role(is_entitled: bool) -> Statuses:
    return ADMITTED - {404} if is_entitled else frozenset({403})


_API, _PAGE = True, False
_HELD = "holds/{held_under}/{source}"
RULES: dict[tuple[str, str], tuple[bool, Rule]] = {
    **MACHINES,
    ("GET", "/"): (_PAGE, open_to_all),
    ("GET", "/access/break-glass"): (_API, emergency_page),
    ("POST", "/access/break-glass"): (_API, break_glass),
    ("DELETE", "/access/break-glass/{grant_id}"): (_API, never_there),
    ("POST", "/access/claims"): (_API, claim),
    ("POST", "/access/permissions"): (_API, asked_of_nobody),
    ("GET", "/audit/checkpoint"): (_API, open_to_all),
    ("GET", "/audit/consistency/{old}/{new}"): (_API, looking),
    ("GET", "/audit/key"): (_API, open_to_all),
    ("GET", "/audit/proof/{entry}"): (_API, looking),
    ("GET", "/fhir/.well-known/smart-configuration"): (_API, open_to_all),
    ("GET", "/fhir/AuditEvent"): (_API, of_family("audit-events")),
    ("POST", "/fhir/AuditEvent/_search"): (_API, of_family("audit-events")),
    ("GET", "/fhir/AuditEvent/{entry}"): (_API, of_family("audit-events")),
    ("GET", "/fhir/Binary/{binary_id}"): (_API, part_of_item),
    ("GET", "/fhir/Patient"): (_API, refused_as_asked),
    ("POST", "/fhir/Patient/_search"): (_API, find),
    ("GET", "/fhir/Patient/{patient_id}"): (_API, record),
    ("GET", "/fhir/Patient/{patient_id}/$everything"): (_API, record),
    ("GET", "/fhir/Practitioner/{item_id}"): (_API, part_of_item),
    ("GET", "/fhir/metadata"): (_API, open_to_all),
    ("GET", "/fhir/{resource_type}"): (_API, record),
    ("POST", "/fhir/{resource_type}/_search"): (_API, record),
    ("GET", "/fhir/{resource_type}/{item_id}"): (_API, item),
    ("GET", "/fhir/{resource_type}/{item_id}/$original"): (_API, part_of_item),
    ("GET", "/find"): (_PAGE, open_to_all),
    ("POST", "/find"): (_PAGE, find),
    ("GET", "/health/live"): (_API, open_to_all),
    ("GET", "/health/ready"): (_API, open_to_all),
    ("GET", "/metrics"): (_API, operators),
    ("GET", "/patient/{patient_id}"): (_PAGE, record),
    ("GET", "/patient/{patient_id}/break-glass"): (_PAGE, emergency_page),
    ("POST", "/patient/{patient_id}/break-glass"): (_PAGE, emergency_page),
    ("GET", "/patient/{patient_id}/break-glass/sensitive"): (_PAGE, goes_elsewhere),
    ("POST", "/patient/{patient_id}/break-glass/sensitive"): (_PAGE, emergency_page),
    ("GET", "/patient/{patient_id}/claim"): (_PAGE, claim_page),
    ("POST", "/patient/{patient_id}/claim"): (_PAGE, claim_page),
    ("GET", "/patient/{patient_id}/emergency"): (_PAGE, without_grant),
    ("POST", "/patient/{patient_id}/emergency/end"): (_PAGE, goes_elsewhere),
    ("GET", "/patient/{patient_id}/emergency/sensitive"): (_PAGE, without_grant),
    ("GET", "/patient/{patient_id}/permission"): (_PAGE, asked_of_nobody),
    ("POST", "/patient/{patient_id}/permission"): (_PAGE, asked_of_nobody),
    ("GET", "/policy/drafts"): (_API, of_family("policy-read")),
    ("POST", "/policy/drafts"): (_API, of_family("policy-edit")),
    ("GET", "/policy/drafts/{draft_id}"): (_API, of_family("policy-read")),
    ("POST", "/policy/drafts/{draft_id}/activate"): (_API, of_family("policy-edit")),
    ("POST", "/policy/drafts/{draft_id}/approve"): (_API, of_family("policy-approve")),
    ("POST", "/policy/drafts/{draft_id}/test"): (_API, of_family("policy-read")),
    ("GET", "/policy/explain"): (_API, of_family("policy-read")),
    ("POST", "/policy/rollback"): (_API, of_family("policy-edit")),
    ("GET", "/policy/versions"): (_API, of_family("policy-read")),
    ("GET", "/policy/versions/{version}"): (_API, of_family("policy-read")),
    ("GET", "/privacy-review"): (_PAGE, looking),
    ("GET", "/privacy-review/alerts/{alert_id}"): (_PAGE, looking),
    ("POST", "/privacy-review/alerts/{alert_id}/settle"): (_PAGE, form_of_no_page),
    ("GET", f"/privacy-review/{_HELD}"): (_PAGE, looking),
    ("POST", f"/privacy-review/{_HELD}/reject"): (_PAGE, settling),
    ("POST", f"/privacy-review/{_HELD}/release"): (_PAGE, settling),
    ("POST", "/privacy-review/find"): (_PAGE, finding_for_review),
    ("GET", "/privacy-review/patients/{patient_id}/statement"): (_PAGE, looking),
    ("POST", "/privacy-review/safety-events/{event_id}/review"): (_PAGE, settling),
    ("GET", "/privacy-review/settled"): (_PAGE, looking),
    ("GET", "/privacy/alerts"): (_API, looking),
    ("GET", "/privacy/alerts/{alert_id}"): (_API, looking),
    ("POST", "/privacy/alerts/{alert_id}/settle"): (_API, settling),
    ("GET", "/privacy/identity-holds"): (_API, looking),
    ("GET", "/privacy/identity-holds/{held_under}/{source}"): (_API, looking),
    ("POST", "/privacy/identity-holds/{held_under}/{source}/reject"): (_API, settling),
    ("POST", "/privacy/identity-holds/{held_under}/{source}/release"): (_API, settling),
    ("POST", "/privacy/as-at"): (_API, looking),
    ("POST", "/privacy/patients"): (_API, finding_for_review),
    ("GET", "/privacy/patients/{patient_id}/statement"): (_API, looking),
    ("GET", "/privacy/radar"): (_API, looking),
    ("GET", "/privacy/safety-events"): (_API, looking),
    ("POST", "/privacy/safety-events/{event_id}/review"): (_API, settling),
    ("GET", "/role"): (_PAGE, open_to_all),
    ("POST", "/role"): (_PAGE, open_to_all),
    ("GET", "/sign-in"): (_PAGE, open_to_all),
    ("POST", "/sign-in/back-channel-logout"): (_PAGE, open_to_all),
    ("GET", "/sign-in/callback"): (_PAGE, open_to_all),
    ("GET", "/sign-in/callback/{provider}"): (_PAGE, open_to_all),
    ("GET", "/sign-in/with/{provider}"): (_PAGE, open_to_all),
    ("POST", "/sign-out"): (_PAGE, form_of_no_page),
    ("GET", "/static/{file}"): (_PAGE, open_to_all),
    ("GET", "/version"): (_API, open_to_all),
    **{route: (_API, rule) for route, rule in RULES_OF_PLANNING.items()},
    **{route: (_PAGE, rule) for route, rule in PAGES_OF_PLANNING.items()},
}
"""What decides about each route, and whether callers of it are known by a token or by a page's session."""

_ABOUT_A_PERSON = frozenset({find, break_glass, claim, without_grant, asked_of_nobody})
