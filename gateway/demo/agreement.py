"""Invent the one agreement of a demo: every organisation that it names shares everything with every other.

Writes nothing. Nobody signed it.
"""

from datetime import datetime, timedelta

from gateway.access.agreements import NEEDS_NO_AGREEMENT
from gateway.demo.planning import FEEDS
from gateway.settings import Settings
from gateway.store.agreements import Agreement, Terms
from gateway.store.words import DataItem
from rbac.types import Purpose

INVENTED_AGREEMENT = "invented-agreement"

_BEGAN = timedelta(days=30)
_REVIEWED_AFTER = timedelta(days=365)
_LASTS = timedelta(days=730)


def invented_agreement(settings: Settings, now: datetime) -> Agreement:
    """Give an agreement of all organisations of a deployment, in force now."""
    return Agreement(
        Terms(
            INVENTED_AGREEMENT,
            frozenset(DataItem),
            frozenset(Purpose) - NEEDS_NO_AGREEMENT,
            now - _BEGAN,
            now + _LASTS,
        ),
        parties=_organisations(settings),
        review_at=now + _REVIEWED_AFTER,
        contact="agreements@shared-care-record.example",
        document="https://shared-care-record.example/agreements/invented",
        recorded_at=now,
        feeds=FEEDS if settings.population is not None else (),
    )


def _organisations(settings: Settings) -> tuple[str, ...]:
    callers = {each.code for each in settings.organisation}
    practices = {each.practice for each in settings.gp_endpoint}
    sources = {each.organisation for each in settings.source if each.organisation is not None}
    return tuple(sorted(callers | practices | sources))
