from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import pytest

from adapters.source_clients import Surroundings
from tests.adapters.bulk_exports import Sleeper
from tests.adapters.stub_source import FakeMonotonic


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def monotonic():
    return FakeMonotonic()


@pytest.fixture
def surroundings(monotonic):
    numbers = count(1)
    return Surroundings(
        now=lambda: datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
        new_id=lambda: UUID(int=next(numbers)),
        monotonic=monotonic,
    )


@pytest.fixture
def sleeper(monotonic):
    return Sleeper(monotonic)
