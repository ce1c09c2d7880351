"""Decide the level of one item for a caller whose relationship already holds.

It joins the policy rows with the break-glass steps and the restricted flag. Follows the
decisions, sections 9 and 15, and the roles file, section 6 steps 6 and 7.
"""

from datetime import timedelta
from typing import Final

from tests.reference import settled
from tests.reference.policy_evaluator import level, may
from tests.reference.vocabulary import CATEGORIES, EMERGENCY_PURPOSES, Level, lowest
from tests.reference.world import BreakGlassGrant, Item, Person, Request, World

# Decisions, section 15: "Break-glass 60 minutes".
BREAK_GLASS: Final = timedelta(minutes=60)


def item_level(
    world: World, request: Request, purpose: str, person: Person | None, item: Item
) -> Level:
    """Return the lowest of what policy, act, emergency step and restricted flag give."""
    category, labels = item
    by_policy = level(world.rows, request.role, request.kind, purpose, category, labels)
    return lowest(
        [
            by_policy,
            _level_of_act(world, request, purpose, item, by_policy),
            _level_of_step(world, request, purpose),
            _level_if_restricted(person, category),
        ]
    )


def highest_open_step(world: World, request: Request) -> int:
    """Return the furthest break-glass step open to this caller for this person, else 0.

    Source: safety, AZ 12, "grant is bound to user+patient+session+time".
    """
    steps = {grant.step for grant in world.grants if _is_open(grant, request)}
    return settled.furthest_step(steps)


def may_break_glass(world: World, request: Request, purpose: str) -> bool:
    """Return whether the rows let this role break the glass for a purpose: settled."""
    return any(
        may(world.rows, request.role, request.kind, purpose, "break-glass", category)
        for category in CATEGORIES
    )


def _is_open(grant: BreakGlassGrant, request: Request) -> bool:
    return (
        (grant.user, grant.patient, grant.session)
        == (request.user, request.patient, request.session)
        and grant.step in (1, 2)
        and grant.start <= request.time < grant.start + BREAK_GLASS
    )


def _level_of_act(
    world: World, request: Request, purpose: str, item: Item, by_policy: Level
) -> Level:
    category, labels = item
    if request.act == "view":
        return "all"
    # Roles file, section 3: documents at summary are "open blocked".
    if request.act == "open-document" and (category != "documents" or by_policy != "all"):
        return "none"
    permitted = may(world.rows, request.role, request.kind, purpose, request.act, category, labels)
    return "all" if permitted else "none"


def _level_of_step(world: World, request: Request, purpose: str) -> Level:
    # What a step that is open opens is said by the rows: settled.
    is_open = highest_open_step(world, request) >= settled.step_of(purpose)
    return "all" if purpose not in EMERGENCY_PURPOSES or is_open else "none"


def _level_if_restricted(person: Person | None, category: str) -> Level:
    # Identity, section 2, restricted rule 2: "block documents unless an authorised safe-view
    # flag exists".
    restricted = person is not None and person.restricted
    return "none" if restricted and category == "documents" else "all"
