"""The whole service, for the API's tests."""

from tests.stack_fixtures import compiled, impatient, london, stack, template

__all__ = ["compiled", "impatient", "london", "stack", "template"]
