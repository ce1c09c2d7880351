from datetime import UTC, datetime

import pytest

from gateway.patient.alerts import working_days_after


@pytest.mark.parametrize(
    ("raised", "due"),
    [
        ("2026-03-02", "2026-03-09"),  # Monday
        ("2026-03-06", "2026-03-13"),  # Friday
        ("2026-03-07", "2026-03-13"),  # Saturday
        ("2026-03-08", "2026-03-13"),  # Sunday
    ],
)
def test_five_working_days_leave_weekends_out(raised, due):
    at = datetime.fromisoformat(f"{raised}T09:30:00+00:00")

    assert working_days_after(at, 5) == datetime.fromisoformat(f"{due}T09:30:00+00:00")


def test_no_days_later_is_now():
    at = datetime(2026, 3, 7, tzinfo=UTC)

    assert working_days_after(at, 0) == at
