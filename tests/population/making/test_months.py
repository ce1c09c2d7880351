"""A release covers whole months that have ended."""

from datetime import date

import pytest

from gateway.population.contents.months import months_before


@pytest.mark.parametrize(
    ("today", "count", "period", "ends_on"),
    [
        (date(2026, 11, 20), 12, "2025-11/2026-10", date(2026, 10, 31)),
        (date(2026, 11, 1), 1, "2026-10/2026-10", date(2026, 10, 31)),
        (date(2026, 1, 31), 12, "2025-01/2025-12", date(2025, 12, 31)),
        (date(2024, 3, 1), 3, "2023-12/2024-02", date(2024, 2, 29)),
    ],
    ids=str,
)
def test_months_end_with_the_last_whole_one(today, count, period, ends_on):
    months = months_before(today, count)

    assert str(months) == period
    assert months.ends_on == ends_on


def test_a_period_has_each_of_its_months():
    assert list(months_before(date(2026, 2, 3), 3).each()) == ["2025-11", "2025-12", "2026-01"]
