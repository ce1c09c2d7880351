"""Decide one whole request: allowed or refused, what is shown of it, levels and sources.

It calls no source and writes no audit. Follows the roles file, section 6, in its order:
"first hit wins, deny by default".
"""

from collections.abc import Callable, Iterable
from typing import Final

from tests.reference import settled
from tests.reference.admission import Case, Refusal, admit
from tests.reference.agreed_sources import (
    agreed_categories,
    objects_to_all,
    sources_agreed,
    sources_not_objected_to,
    sources_open_to,
)
from tests.reference.item_levels import highest_open_step, item_level
from tests.reference.policy_evaluator import has_open_row, may
from tests.reference.relationships import bases_of_relationship
from tests.reference.vocabulary import (
    CATEGORIES,
    EMERGENCY_PURPOSES,
    EMERGENCY_ROLES,
    LABELS,
    PATIENT_AUDIT_ROLES,
    Level,
)
from tests.reference.world import (
    OWN_ROW,
    Item,
    Outward,
    Person,
    Request,
    SourceAccess,
    Verdict,
    World,
)

# Decisions, section 15: "reason code and at least 10 characters".
REASON_CHARACTERS: Final = 10
EVERY_ITEM: Final[tuple[Item, ...]] = tuple(
    (category, labels)
    for category in CATEGORIES
    for labels in (*(frozenset({label}) for label in LABELS), OWN_ROW)
)


def decide(world: World, request: Request) -> Verdict:
    """Decide a request by the steps of the roles file, section 6."""
    case = admit(world, request)
    if isinstance(case, Refusal):
        return _refused(request, case)
    verdict = _ROUTES[request.route_kind](case)
    if isinstance(verdict, Refusal):
        return _refused(request, verdict)
    # Step 8: "If the audit store is down: deny (503), emergencies included".
    if not world.audit_store_up:
        return _refused(request, Refusal("8 audit store down", "unavailable"))
    return verdict


def is_found_by_search(world: World, patient: str) -> bool:
    """Return whether a permitted search may hold this person.

    Source: decisions, section 6, FindPermit, "demographics from PDS only, ... restricted
    people absent".
    """
    return any(
        person.id == patient and person.pds == "found" and not person.restricted
        for person in world.people
    )


def outward_for_item(verdict: Verdict, source: str, item: Item) -> Outward | None:
    """Return what a reader by id is shown instead of this item, None if the item is shown.

    Source: safety, AZ 02, a hidden record of one's own patient is the uniform 404.
    """
    if not verdict.allowed:
        return verdict.outward
    return "not-found-uniform" if verdict.level_from(source, *item) == "none" else None


def _refused(request: Request, refusal: Refusal) -> Verdict:
    # Roles file, section 8, test 2: "deny, offer emergency or self-claim".
    is_unrelated = refusal.rule.startswith("4") and refusal.outward == "forbidden"
    may_offer = is_unrelated and request.role in EMERGENCY_ROLES
    return Verdict(
        allowed=False,
        rule=refusal.rule,
        outward=refusal.outward,
        alerts=refusal.alerts,
        offers=frozenset({"emergency", "self-claim"} if may_offer else ()),
    )


def _decide_record(case: Case) -> Verdict | Refusal:
    if not _shows_anything(case):
        return Refusal("6 nothing for this role", "forbidden")
    person = _known_person(case)
    if isinstance(person, Refusal):
        return person
    bases = bases_of_relationship(case.world, case.request, person, case.staff)
    # Step 4: "Relationship valid now (or emergency → create)".
    is_emergency = case.purpose in EMERGENCY_PURPOSES
    if not bases and not (is_emergency and settled.emergency_relates(restricted=person.restricted)):
        outward = settled.outward_without_relationship(restricted=person.restricted)
        return Refusal("4 no relationship", outward)
    accesses = _accesses(case, person)
    if isinstance(accesses, Refusal):
        return accesses
    return _released(case, person, accesses, _alerts(case.purpose, person, bases))


def _known_person(case: Case) -> Person | Refusal:
    # Safety, UNIFORM-404: "does not exist" and "not yours" are one answer; a legal hold
    # (step 3) is told in the same way (ambiguity 20).
    for person in case.world.people:
        if person.id != case.request.patient or person.pds == "not-found":
            continue
        # Safety, AZ 17: "DENY (503 where infrastructure)".
        if person.pds == "unavailable":
            return Refusal("3 identity cannot be checked", "unavailable")
        if not person.legal_hold:
            return person
    return Refusal("3 no such person, or legal hold", "not-found-uniform")


def _accesses(case: Case, person: Person) -> tuple[SourceAccess, ...] | Refusal:
    # Roles file, section 8, test 16: "deny, neutral text".
    if objects_to_all(case.world, person, case.purpose):
        alerts = _alerts(case.purpose, person, ())
        return Refusal("5 sharing restricted", "forbidden", alerts)
    reachable = sources_open_to(case.world, case.request, person)
    agreed = sources_agreed(case.world, case.request, case.purpose, reachable)
    return sources_not_objected_to(case.world, person, case.purpose, agreed)


def _released(
    case: Case, person: Person, accesses: tuple[SourceAccess, ...], alerts: frozenset[str]
) -> Verdict | Refusal:
    agreed = frozenset[str]().union(*(access.categories for access in accesses))
    levels: dict[Item, Level] = {
        item: item_level(case.world, case.request, case.purpose, person, item)
        if settled.lets_through(agreed, *item)
        else "none"
        for item in EVERY_ITEM
    }
    # Step 6: "deny by default".
    if case.request.act == "open-document" and all(level == "none" for level in levels.values()):
        return Refusal("6 nothing to open", "forbidden", alerts)
    return Verdict(
        allowed=True,
        rule="8 released",
        levels=levels,
        sources=accesses,
        field_filters=_field_filters(person),
        alerts=alerts,
    )


def _decide_find(case: Case) -> Verdict | Refusal:
    # Decisions, section 6: FindPermit is "demographics from PDS only, ... no relationship needed".
    caller = frozenset({case.request.organisation})
    agreed = agreed_categories(case.world, caller, case.purpose, case.request.time)
    if "demographics" not in agreed or not _may_in(case, ["demographics"]):
        return Refusal("6 may not search for people", "forbidden")
    item = ("demographics", frozenset({"normal"}))
    level = item_level(case.world, case.request, case.purpose, None, item)
    if level == "none":
        return Refusal("6 may see nobody", "forbidden")
    return Verdict(allowed=True, rule="8 released", levels={item: level})


def _decide_break_glass(case: Case) -> Verdict | Refusal:
    request = case.request
    # Safety, AZ 12: no reason, fewer than 10 characters, a non-existing patient, a role not
    # entitled: "400/403".
    if not request.reason_code or len(request.reason_text.strip()) < REASON_CHARACTERS:
        return Refusal("6 no sufficient reason", "forbidden")
    # Decisions, section 15: labelled items "by a second step", which needs a first.
    if request.step_asked not in _steps_within_reach(case):
        return Refusal("6 second step before the first", "forbidden")
    person = _known_person(case)
    if isinstance(person, Refusal):
        return person
    return _glass_stands(case, person) or Verdict(
        allowed=True, rule="8 granted", alerts=frozenset({"emergency"})
    )


def _glass_stands(case: Case, person: Person) -> Refusal | None:
    # What no reading under the glass would be shown, the glass is not broken for: settled.
    if person.restricted and not bases_of_relationship(
        case.world, case.request, person, case.staff
    ):
        outward = settled.outward_without_relationship(restricted=True)
        return Refusal("4 no relationship", outward)
    if objects_to_all(case.world, person, case.purpose):
        return Refusal("5 sharing restricted", "forbidden", frozenset({"emergency"}))
    return None


def _steps_within_reach(case: Case) -> frozenset[int]:
    first_is_open = highest_open_step(case.world, case.request) >= 1
    return settled.steps_asked_for(case.purpose, first_is_open=first_is_open)


def _decide_without_care(case: Case) -> Verdict | Refusal:
    # Roles file, section 5: patient-level is 403, "the audit routes ... excepted for privacy
    # officer and auditor".
    request = case.request
    excepted = request.act == "read-audit" and request.role in PATIENT_AUDIT_ROLES
    if request.patient is not None and not excepted:
        return Refusal("2 patient-level for a non-care role", "forbidden")
    if not _may_in(case, CATEGORIES):
        return Refusal("6 policy does not permit", "forbidden")
    return Verdict(allowed=True, rule="8 released")


def _shows_anything(case: Case) -> bool:
    # Step 6, "deny by default", and before the person is read: settled.
    request, caller = case.request, frozenset({case.request.organisation})
    agreed = agreed_categories(case.world, caller, case.purpose, request.time)
    return any(
        has_open_row(case.world.rows, request.role, request.kind, case.purpose, category, label)
        for category in CATEGORIES
        for label in LABELS
        if category in agreed and settled.frees(agreed, frozenset({label}))
    )


def _may_in(case: Case, categories: Iterable[str]) -> bool:
    # Decisions, section 9, gives acts such as edit-policy no category of their own (ambiguity 19).
    request = case.request
    return any(
        may(case.world.rows, request.role, request.kind, case.purpose, request.act, category)
        for category in categories
    )


def _field_filters(person: Person) -> frozenset[str]:
    # Roles file, section 2: "DEM loses location fields; organisations masked".
    return frozenset({"strip-location", "mask-organisations"} if person.restricted else ())


def _alerts(purpose: str, person: Person, bases: Iterable[str]) -> frozenset[str]:
    # Roles file, section 4: emergency "Always alerts the privacy officer"; identity, section 2,
    # restricted rule 5, "on each access"; section 5, a self-claim "generates ... alert".
    causes = {
        "emergency": purpose in EMERGENCY_PURPOSES,
        "restricted": person.restricted,
        "self-claim": set(bases) == {"self_claimed"},
    }
    return frozenset(name for name, holds in causes.items() if holds)


_ROUTES: Final[dict[str, Callable[[Case], Verdict | Refusal]]] = {
    "record": _decide_record,
    "find": _decide_find,
    "break-glass": _decide_break_glass,
    "population": _decide_without_care,
    "policy": _decide_without_care,
    "audit": _decide_without_care,
}
