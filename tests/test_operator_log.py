"""What operators read never quotes a record."""

import logging
import sys

from gateway.operator_log import PlacesOnly


def test_a_failure_is_logged_by_class_and_place_and_never_by_its_words():
    try:
        raise ValueError("Ada Lovelace, born 1815")
    except ValueError:
        record = logging.makeLogRecord({"msg": "unforeseen", "exc_info": sys.exc_info()})

    written = PlacesOnly().format(record)

    assert written.startswith("unforeseen\nValueError\n")
    assert "test_operator_log.py" in written
    assert "Ada" not in written
