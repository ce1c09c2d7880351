import pytest

from tests.population.making.neighbours import THERE, made, neighbours, order_of, store_of

DATASETS = ("linked-activity", "violence")


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """Forty people in one area, and eighteen in another."""
    lives = [*neighbours(40), *neighbours(18, start=40, lsoa=THERE)]
    return store_of(tmp_path_factory.mktemp("making") / "store", lives)


@pytest.fixture(scope="session")
def releases(store, tmp_path_factory):
    """One release of each dataset: its order, folder and manifest."""
    within = tmp_path_factory.mktemp("releases")
    found = {}
    for name in DATASETS:
        order = order_of(store, name)
        found[name] = (order, within / name, made(order, within / name))
    return found


@pytest.fixture
def linked(releases):
    return releases["linked-activity"]


@pytest.fixture
def violence(releases):
    return releases["violence"]
