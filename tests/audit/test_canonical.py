"""A value is written in one way, and where it cannot be, it is said what it is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from uuid import UUID

import pytest

from gateway.audit.canonical import TEXT_LIMIT_BYTES, escaped, fields_of

AT = datetime(2026, 7, 1, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Part:
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    value: object


def test_every_kind_of_value_is_written():
    values = (
        *(True, 7, None, UUID(int=1), "a\n"),
        *(AT.astimezone(timezone(timedelta(hours=1))), {"k\n": (1,)}),
        *(MappingProxyType({2: "x"}), Part("b\n"), (Part("c"), None)),
    )

    assert fields_of(Event(values)) == {
        "value": [
            *(True, 7, None, UUID(int=1), "a\\n"),
            *(AT, {"k\\n": [1]}, {"2": "x"}, {"text": "b\\n"}, [{"text": "c"}, None]),
        ]
    }


def test_an_instant_is_written_in_utc():
    written = fields_of(Event(AT.astimezone(timezone(timedelta(hours=1)))))["value"]

    assert isinstance(written, datetime)
    assert written.tzinfo is UTC


def test_what_has_no_fields_has_none_to_write():
    assert fields_of(object()) == {}


def test_what_no_entry_can_hold_is_named():
    with pytest.raises(TypeError, match=r"^an audit entry cannot hold set$"):
        fields_of(Event({"a"}))


def test_an_instant_without_a_zone_is_asked_for_with_one():
    said = "^an instant without a time zone cannot be recorded: give an aware one$"

    with pytest.raises(ValueError, match=said):
        fields_of(Event(datetime(2026, 7, 1)))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a" * TEXT_LIMIT_BYTES, "a" * TEXT_LIMIT_BYTES),
        ("a" * (TEXT_LIMIT_BYTES + 1), "a" * (TEXT_LIMIT_BYTES - 3) + "…"),
        ("é" * 600, "é" * 510 + "…"),
        ("\\", "\\\\"),
        ("\n" * 300, "\\n" * 300),
        ("a\\b" * 100, "a\\\\b" * 100),
    ],
)
def test_a_text_is_whole_up_to_the_limit_and_cut_between_characters(text: str, shown: str):
    assert escaped(text) == shown
