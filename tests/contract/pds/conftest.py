"""The simulated PDS under test."""

import pytest

from adapters.simulators.faults import Faults
from adapters.simulators.pds import create_app
from tests.contract.pds.asking import COHORT, client_of


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
async def pds(faults):
    async with client_of(create_app(COHORT, faults)) as client:
        yield client
