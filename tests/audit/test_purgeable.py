"""What may be purged is all before the first entry that is too young, as far as the log is signed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.audit.retention import _is_any_left, purge, purgeable_through
from gateway.store.sessions import Writing
from gateway.store.tables import audit_entry
from tests.audit.kept_logs import kept_log
from tests.store_factories import NOW


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_entries_are_purgeable_up_to_the_first_that_is_too_young(
    at_once: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("gateway.audit.retention._READ_AT_ONCE", at_once)

    with kept_log(9, (3, 7)) as reading:
        through = [purgeable_through(reading, NOW + timedelta(seconds=each)) for each in range(11)]

    assert through == [0, 0, 1, 2, 3, 4, 5, 6, 7, 7, 7]


def test_of_a_log_that_nobody_signed_nothing_is_purgeable():
    with kept_log(3, ()) as reading:
        assert purgeable_through(reading, NOW + timedelta(days=1)) == 0


def test_a_purge_takes_what_entries_say_and_whom_they_are_found_by():
    with kept_log(5, ()) as reading:
        assert purge(Writing(reading.connection), 2, 4) == 3
        assert purge(Writing(reading.connection), 4, 5) == 1

        columns = [audit_entry.c[name] for name in ("body", "patient", "user_id", "decision_id")]
        left = reading.connection.execute(select(*columns).order_by(audit_entry.c.sequence)).all()
        assert [tuple(each) == (None,) * 4 for each in left] == [False, True, True, True, True]
        assert (_is_any_left(reading, 1, 1), _is_any_left(reading, 2, 5)) == (True, False)


@pytest.mark.parametrize("action", ["entries-purged", "log-begun-anew"])
def test_what_tells_of_the_log_itself_stays(action: str):
    with kept_log(2, (), action=action) as reading:
        assert not _is_any_left(reading, 1, 2)
        assert purge(Writing(reading.connection), 1, 2) == 0
