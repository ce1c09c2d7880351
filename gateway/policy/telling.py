"""Lay out drafts, differences and explanations as plain values, the same for the API and the command line.

Decides nothing, and leaves nothing out.
"""

from collections.abc import Iterable
from dataclasses import asdict

from gateway.policy.explaining import Explained, Recorded
from gateway.store.policy_drafts import Draft
from rbac.difference import Difference
from rbac.expectations import Unmet
from rbac.explain import Explanation, Item

Told = dict[str, object]


def told_draft(draft: Draft) -> Told:
    """Lay out a draft."""
    return {
        "id": str(draft.id),
        "state": _state(draft),
        "based_on": draft.based_on,
        "version": draft.version,
        "administrators": draft.administrators,
        "why": draft.why,
        "needs_guardian": draft.needs_guardian,
        "digest": draft.digest,
        "proposed_at": draft.proposed_at.isoformat(),
        "proposed_by": draft.proposed_by,
        "approved_by": draft.approved_by,
        "activated_by": draft.activated_by,
    }


def told_difference(difference: Difference) -> Told:
    """Lay out a difference."""
    return {
        "is_widening": difference.is_widening,
        "needs_guardian": difference.needs_guardian,
        **asdict(difference),
    }


def told_unmet(found: Iterable[Unmet]) -> list[Told]:
    """Lay out expectations that are not met, each with what is found instead."""
    return [
        {"name": each.expectation.name, "expected": each.expectation.expected, "found": each.found}
        for each in found
    ]


def told_explained(explained: Explained) -> Told:
    """Lay out why a kind of item is shown as it is."""
    return {
        "version": explained.version,
        **told_item(explained.item),
        **told_explanation(explained.explanation),
    }


def told_item(item: Item) -> Told:
    """Lay out a kind of item."""
    return {**asdict(item), "labels": sorted(item.labels)}


def told_explanation(explanation: Explanation) -> Told:
    """Lay out what decides, and what would change it."""
    return {
        "level": explanation.level,
        "decided_by": explanation.decided_by,
        "rules": [asdict(rule) for rule in explanation.rules],
        "what_would_change_it": [asdict(step) for step in explanation.steps],
        "can_a_policy_change_it": bool(explanation.rules or explanation.steps),
    }


def told_recorded(recorded: Recorded) -> Told:
    """Lay out why a recorded decision was what it was."""
    decided_by, change = recorded.guard
    return {
        **asdict(recorded),
        "decided_by": decided_by,
        "what_would_change_it": change or "A change of the rules; explain the kind of item.",
    }


def _state(draft: Draft) -> str:
    if draft.activated_at is not None:
        return "activated"
    return "open" if draft.approved_at is None else "approved"
