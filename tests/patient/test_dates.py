from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.patient.dates import DateCriterion, Prefix, Span, joined, parse_criterion, span_of

END = datetime.max.replace(tzinfo=UTC)


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def span(text):
    found = span_of(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2024", at(2024, 1, 1), at(2025, 1, 1)),
        ("2023", at(2023, 1, 1), at(2024, 1, 1)),
        ("2024-02", at(2024, 2, 1), at(2024, 3, 1)),
        ("2024-12", at(2024, 12, 1), at(2025, 1, 1)),
        ("2024-02-29", at(2024, 2, 29), at(2024, 3, 1)),
        ("2024-05-06T07:08", at(2024, 5, 6, 7, 8), at(2024, 5, 6, 7, 9)),
        ("2024-05-06T07:08:09", at(2024, 5, 6, 7, 8, 9), at(2024, 5, 6, 7, 8, 10)),
        ("2024-05-06T07:08:09Z", at(2024, 5, 6, 7, 8, 9), at(2024, 5, 6, 7, 8, 10)),
        ("2024-05-06T07:08:09+01:00", at(2024, 5, 6, 6, 8, 9), at(2024, 5, 6, 6, 8, 10)),
        ("2024-01-01T01:00:00+14:00", at(2023, 12, 31, 11), at(2023, 12, 31, 11, 0, 1)),
        ("9999-12-31", at(9999, 12, 31), END),
        ("9999-12", at(9999, 12, 1), END),
        ("9999", at(9999, 1, 1), END),
        ("9999-11", at(9999, 11, 1), at(9999, 12, 1)),
        ("0001-01-01", at(1, 1, 1), at(1, 1, 2)),
    ],
)
def test_a_date_is_the_stretch_of_time_that_it_names(text, low, high):
    assert span(text) == Span(low, high)


def test_a_part_of_a_second_is_kept():
    assert span("2024-05-06T07:08:09.5Z").low == at(2024, 5, 6, 7, 8, 9, 500_000)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "24",
        "20240102",
        "2024-1-2",
        "2024-13",
        "2024-02-30",
        "0000-01-01",
        "10000-01-01",
        "2024-01-01 10:00",
        "2024-01-01T10",
        "2024-01-01T24:00:00",
        "2024-01-01T23:59:60Z",
        "2024-01-01T10:00:00+99:99",
        "0001-01-01T00:00:00+01:00",
        "2024-01-01T10:00:00.Z",
        "٢٠٢٤",
        "2024-01-01\n",
        "yesterday",
    ],
)
def test_a_text_that_is_no_date_has_no_span(text):
    assert span_of(text) is None


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("2024-05", Prefix.EQUAL),
        ("eq2024-05", Prefix.EQUAL),
        ("ge2024-05", Prefix.GREATER_OR_EQUAL),
        ("le2024-05", Prefix.LESS_OR_EQUAL),
        ("gt2024-05", Prefix.GREATER),
        ("lt2024-05", Prefix.LESS),
    ],
)
def test_a_searched_date_may_have_a_prefix(text, prefix):
    assert parse_criterion(text) == DateCriterion(prefix, span("2024-05"))


@pytest.mark.parametrize(
    "text", ["", "ge", "ne2024", "sa2024", "eb2024", "ap2024", "GE2024", "g2024", "gege2024"]
)
def test_another_prefix_or_none_after_it_is_no_searched_date(text):
    assert parse_criterion(text) is None


@pytest.mark.parametrize(
    ("item", "met"),
    [
        ("2024-05", {"eq", "ge", "le"}),
        ("2024-05-31", {"eq", "ge", "le"}),
        ("2024-04-30", {"le", "lt"}),
        ("2024-06-01", {"ge", "gt"}),
        ("2024", {"ge", "le", "gt", "lt"}),
        ("2024-05-01", {"eq", "ge", "le"}),
    ],
)
def test_an_items_span_meets_a_searched_month(item, met):
    month = span("2024-05")

    assert {each for each in Prefix if DateCriterion(each, month).is_met_by(span(item))} == met


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2024-01-01", "2024-01-03", Span(at(2024, 1, 1), at(2024, 1, 4))),
        ("2024-01-01", None, Span(at(2024, 1, 1), END)),
        ("2024-01-02", "2023-01-01", Span(at(2024, 1, 2), END)),
        ("2024-01-02", "2024-01-01", Span(at(2024, 1, 2), END)),
        (None, "2024-01-03", Span(at(2024, 1, 3), at(2024, 1, 4))),
        (None, None, None),
    ],
)
def test_a_period_runs_from_its_start_to_its_end_or_has_none(first, last, expected):
    assert joined(span_of(first), span_of(last)) == expected


@settings(max_examples=80)
@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from([4, 7, 10, 19]))
def test_a_shorter_date_spans_the_longer_one(moment, length):
    whole = moment.isoformat(timespec="seconds")[:19]

    longer, shorter = span(whole), span(whole[:length])

    assert shorter.low <= longer.low < longer.high <= shorter.high
    assert shorter.high - shorter.low <= timedelta(days=366)
