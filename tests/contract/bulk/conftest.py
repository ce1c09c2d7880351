import pytest

from tests.contract.bulk.asking import QUICK, World, let_in


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def world():
    return World()


@pytest.fixture
async def client(world):
    async with world.client(pace=QUICK) as client:
        await let_in(client, world)
        yield client
