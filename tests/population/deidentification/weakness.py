"""Plant a weakness into the allow-lists: one element of every type is kept as it stands."""

from dataclasses import replace

import pytest

from gateway.population.allow_list import AllowList, Kept, Kind
from gateway.population.elements import Boolean
from gateway.population.ground import Ground
from tests.population.deidentification.grounds import ALLOW_LISTS, ground


def weak_ground(monkeypatch: pytest.MonkeyPatch, element: str) -> Ground:
    """Make a ground on which an element is kept as if it were a boolean, and booleans are believed."""
    monkeypatch.setattr(Boolean, "clean", lambda _self, value, _left_out: value)
    return ground(allow_lists=tuple(_keeping(one, element) for one in ALLOW_LISTS))


def _keeping(allowed: AllowList, element: str) -> AllowList:
    return replace(allowed, kept=(*allowed.kept, Kept(element, Kind.BOOLEAN, "no reason")))
