"""Put a section's items in the order in which a clinician reads them, copies of one thing together.

Leaves nothing out and resolves nothing: every copy stays visible. What the groups are, `group` decides.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from fhir_profiles.headers import ENTERED_IN_ERROR
from gateway.patient.shown import ShownItem
from rbac.types import Level

_ENDED = frozenset(
    {
        "inactive",
        "resolved",
        "refuted",
        "remission",
        "completed",
        "stopped",
        "cancelled",
        "revoked",
        "ended",
        "finished",
        "not-taken",
        "not-done",
    }
)
Drug = tuple[str, str]
"""System and code of a product."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Force(IntEnum):
    """How much an item still bears on care; what is not known to have ended counts as current."""

    CURRENT = 0
    ENDED = 1
    RETRACTED = 2


@dataclass(frozen=True, slots=True)
class Dated:
    """Items by whether they say when they happened; the dated ones newest first."""

    dated: tuple[ShownItem, ...]
    undated: tuple[ShownItem, ...]


def force_of(item: ShownItem) -> Force:
    """Say how much an item still bears on care."""
    if item.stands == ENTERED_IN_ERROR:
        return Force.RETRACTED
    words = {code for _system, code in item.clinical_statuses} | {item.stands}
    return Force.CURRENT if words.isdisjoint(_ENDED) else Force.ENDED


def current_first(items: Iterable[ShownItem]) -> tuple[ShownItem, ...]:
    """Order by force, then newest first; what has no date comes last within its force."""
    return tuple(sorted(_newest_first(items), key=force_of))


def by_date(items: Iterable[ShownItem]) -> Dated:
    """Part the dated items, newest first, from the undated ones."""
    ordered = _newest_first(items)
    return Dated(
        tuple(item for item in ordered if item.when is not None),
        tuple(item for item in ordered if item.when is None),
    )


def with_copies(items: Sequence[ShownItem]) -> tuple[tuple[ShownItem, ...], ...]:
    """Tie the copies of one thing to the first of them; a masked item is never tied to anything."""
    tied: dict[object, list[ShownItem]] = {}
    for item in items:
        is_alone = item.group is None or item.level is Level.MASK
        tied.setdefault(item.id if is_alone else item.group, []).append(item)
    return tuple(map(tuple, tied.values()))


def of_one_drug(
    clusters: Iterable[tuple[ShownItem, ...]], drug_of: Callable[[ShownItem], Drug | None]
) -> tuple[tuple[tuple[ShownItem, ...], ...], ...]:
    """Put clusters of copies together where a member of each is coded as the same drug.

    Shape: one tuple for each drug, in the order in which it comes first; a cluster without a code alone.
    Wording never makes two things one drug: only equal codes do.
    """
    drugs: dict[object, list[tuple[ShownItem, ...]]] = {}
    for cluster in clusters:
        codes = (drug_of(item) for item in cluster if item.level is not Level.MASK)
        drug = next((code for code in codes if code is not None), None)
        drugs.setdefault(cluster[0].id if drug is None else drug, []).append(cluster)
    return tuple(map(tuple, drugs.values()))


def _newest_first(items: Iterable[ShownItem]) -> list[ShownItem]:
    return sorted(
        items,
        key=lambda item: _LONG_AGO if item.when is None else item.when.low,
        reverse=True,
    )
