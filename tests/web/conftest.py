"""The whole service against the simulated London, and a way to sign in to its pages."""

from tests.stack_fixtures import compiled, impatient, london, stack, template
from tests.store_factories import anyio_backend

__all__ = ["anyio_backend", "compiled", "impatient", "london", "stack", "template"]
