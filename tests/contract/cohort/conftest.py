"""One cohort of the usual size, and what is said of its named people."""

import pytest

from adapters.simulators.cohort import make_cohort, showcase


@pytest.fixture(scope="module")
def cohort():
    return make_cohort(seed=1, people=200)


@pytest.fixture(scope="module")
def named(cohort):
    """Statements of the named people."""
    return {key: cohort.statements[number] for key, number in showcase(cohort).items()}
