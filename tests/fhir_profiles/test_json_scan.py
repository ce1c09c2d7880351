import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.json_scan import (
    escapes_a_key,
    may_escape_a_key,
    objects_in,
    repeats_a_key,
)

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    TEXT | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
STYLES = st.sampled_from([{"separators": (",", ":")}, {"indent": 1}, {"ensure_ascii": False}])


@given(VALUES, STYLES)
def test_the_scan_finds_every_object_with_the_bytes_of_its_members(value, style):
    text = json.dumps(value, **style).encode()

    found = [
        {each.key: json.loads(text[each.value_start : each.value_end]) for each in item.members}
        for item in objects_in(text)
    ]

    assert found == list(objects_of(value))


def objects_of(value):
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for item in value if isinstance(value, list) else []:
        yield from objects_of(item)


@given(VALUES, STYLES)
def test_each_object_stands_where_the_scan_says(value, style):
    text = json.dumps(value, **style).encode()

    for item in objects_in(text):
        whole = json.loads(text[item.start : item.end])
        assert list(whole) == [member.key for member in item.members]


def test_the_path_of_an_object_is_the_keys_that_lead_to_it():
    text = b'{"a":[{"b":{"c":1}},{"d":[[{}]]}]}'

    paths = [item.path for item in objects_in(text)]

    assert paths == [(), ("a",), ("a", "b"), ("a",), ("a", "d")]


def test_depth_costs_the_scan_nothing_but_memory():
    text = b'{"a":' * 5000 + b"1" + b"}" * 5000

    assert len(objects_in(text)) == 5000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a":1,"a":2}', True),
        (b'[{"b":{"a":1,"\\u0061":2}}]', True),
        (b'{"a":{"a":1},"b":{"a":1}}', False),
        (b'{"a":"\\"a\\":1"}', False),
        (b'{"a":1.50,"b":1E5,"c":-0}', False),
        (b'{"b":1E5,"a":"","a":""}', True),
        (b'{"b":"\\/","a":"","a":""}', True),
        (b'{"a":"\\ud800"}', False),
        (b'{"a":' * 5000 + b'{"b":1,"b":1}' + b"}" * 5000, True),
    ],
)
def test_a_repeated_key_is_found_at_any_depth_and_in_any_spelling(text, expected):
    assert repeats_a_key(text) is expected


NUMBERS = st.sampled_from(["1", "1.50", "1E5", "-0", "1e400", "12345678901234567890"])
REPEATING = st.recursive(
    NUMBERS | TEXT.map(json.dumps),
    lambda inner: st.lists(st.tuples(TEXT, inner), max_size=3).map(
        lambda pairs: "{" + ", ".join(f"{json.dumps(key)}:{value}" for key, value in pairs) + "}"
    ),
    max_leaves=10,
)


@given(REPEATING)
def test_a_repeated_key_is_found_by_the_quick_look_as_by_the_scan(text):
    found = any(
        len({member.key for member in item.members}) < len(item.members)
        for item in objects_in(text.encode())
    )

    assert repeats_a_key(text.encode()) is found


@pytest.mark.parametrize(
    ("text", "may", "does"),
    [
        (b'{"re\\u0066erence":1}', True, True),
        (b'{"a":"re\\u0066erence"}', True, False),
        (b'{"a":"\\u00e9\\n"}', False, False),
        (b'{"a":1}', False, False),
    ],
)
def test_an_escaped_key_is_told_from_an_escaped_value(text, may, does):
    assert may_escape_a_key(text) is may
    assert escapes_a_key(text) is does
