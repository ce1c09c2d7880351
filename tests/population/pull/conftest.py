import pytest

from tests.population.pull.served import served


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(params=["export", "search"])
def dialect(request):
    return request.param


@pytest.fixture
def world(dialect):
    with served(offers_export=dialect == "export") as world:
        yield world


@pytest.fixture
def exporter():
    with served() as world:
        yield world


@pytest.fixture
def searched():
    with served(offers_export=False) as world:
        yield world
