import pytest

from rbac.decide import CompiledPolicy, compile_policy
from rbac.policy import load_default
from rbac.types import Policy


@pytest.fixture(scope="session")
def default_policy() -> Policy:
    return load_default()


@pytest.fixture(scope="session")
def compiled(default_policy) -> CompiledPolicy:
    return compile_policy(default_policy)
