"""What holds for every test."""

from tests.required_parts import pytest_runtest_makereport

__all__ = ["pytest_runtest_makereport"]
