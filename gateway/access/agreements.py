"""Decide what agreements in force let organisations share: a guard that no policy lifts.

Pure: rows and `now` are passed in. An agreement can only take away; what a role may see of the rest, the policy
says. Rules and reasons: docs/decisions/0018.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from fhir_profiles.vocabulary import Category
from gateway.access.data_items import LONDON_LIST
from gateway.access.permit import RefusalReason
from gateway.access.sharing import Coverage, Sharing
from gateway.store.words import DataItem
from rbac.types import Act, Levels, Purpose

RENEWAL_ASKED_FOR = timedelta(days=60)
"""How long before its end a renewal is asked for. Source: London Data Sharing Agreement (2021)."""

NEEDS_NO_AGREEMENT = frozenset({Purpose.HSYSADMIN})
"""Whoever administers or reads the audit is shown no data item, and must not be blinded by a lapse."""

_ADMINISTRATIVE = frozenset({Act.EDIT_POLICY, Act.READ_AUDIT})


class AgreementRow(Protocol):
    """What an agreement says, from `starts_at` until just before `ends_at`. Times are UTC."""

    @property
    def id(self) -> str: ...
    @property
    def items(self) -> frozenset[DataItem]: ...
    @property
    def purposes(self) -> frozenset[Purpose]: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


def in_force(
    rows: Iterable[AgreementRow], purpose: Purpose | None, now: datetime
) -> tuple[AgreementRow, ...] | RefusalReason:
    """Give the agreements of one organisation that hold now for a purpose, or why there is none.

    Without a purpose any will do: what is wrong then is the purpose.
    """
    meant = tuple(row for row in rows if purpose is None or purpose in row.purposes)
    holding = tuple(row for row in meant if row.starts_at <= now < row.ends_at)
    if holding:
        return holding
    if any(now < row.starts_at < row.ends_at for row in meant):
        return RefusalReason.AGREEMENT_NOT_STARTED
    return RefusalReason.AGREEMENT_ENDED if meant else RefusalReason.AGREEMENT_MISSING


def coverage_of(items: Iterable[DataItem]) -> Coverage:
    """Say what a set of data items lets through together."""
    given = frozenset(items)
    agreed = [each for each in LONDON_LIST if each.item in given]
    others = [each for each in LONDON_LIST if each.item not in given]
    return Coverage(
        categories=frozenset(category for each in agreed for category in each.opens),
        barred=frozenset(label for each in others for label in each.frees),
        mixed=frozenset(category for each in others for category in each.mixed_into),
        has_images=DataItem.IMAGES in given,
    )


def limited(levels: Levels, coverage: Coverage) -> Levels:
    """Leave of a role's levels what is covered; the rest is none, whatever the policy says.

    The hash stays that of the role's levels: with the agreements that are named beside it, it says what was decided by.
    """
    view = {
        (category, label): level
        for (category, label), level in levels.view.items()
        if category in coverage.categories and label not in coverage.barred
    }
    acts = frozenset(
        (act, category)
        for act, category in levels.acts
        if category in coverage.categories or act in _ADMINISTRATIVE
    )
    return replace(levels, view=view, acts=acts)


def sharing_of(rows: Iterable[AgreementRow], parties: frozenset[tuple[str, str]]) -> Sharing:
    """Say what each organisation shares with the caller by the agreements that bind both.

    `parties` are pairs of agreement and organisation.
    """
    items: dict[str, set[DataItem]] = {}
    for row in rows:
        for party in (party for agreement, party in parties if agreement == row.id):
            items.setdefault(party, set()).update(row.items)
    return Sharing({party: coverage_of(agreed) for party, agreed in items.items()})


def is_renewal_due(row: AgreementRow, review_at: datetime, now: datetime) -> bool:
    """Say whether an agreement that has not ended is to be renewed or reviewed by now."""
    asked_for = min(row.ends_at - RENEWAL_ASKED_FOR, review_at)
    return asked_for <= now < row.ends_at and row.starts_at < row.ends_at


def covers_demographics(rows: Iterable[AgreementRow]) -> bool:
    """Say whether people may be looked up by what these agreements share."""
    items = frozenset(item for row in rows for item in row.items)
    return Category.DEMOGRAPHICS in coverage_of(items).categories
