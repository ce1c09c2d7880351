import pytest

from tests.population.counts.counting import counting_in
from tests.store_factories import anyio_backend

__all__ = ["anyio_backend", "counting"]


@pytest.fixture
async def counting(tmp_path):
    return await counting_in(tmp_path)
