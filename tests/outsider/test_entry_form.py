"""An entry has one form; every other is a fault, also where its leaf hash is right."""

import json

import pytest

from tests.outsider.checks import verify_entry, verify_export
from tests.outsider.written_logs import entry, export, leaf, plain, proof, verifier_key

PLAIN = entry(1, text="T").decode()


def judge(text: str) -> tuple[bool, int | None]:
    verdict = verify_export(export([text.encode(errors="surrogatepass")]), verifier_key())
    return verdict.is_whole, verdict.first_broken


RIGHT_VALUES = [
    *('""', '"é\u2028\x7f/\U0001f600"', r'"\"\\\b\t\n\f\r"', r'"\u0000\u001f\u000b"'),
    *("0", "-1", "9" * 19, str(-(2**63)), "null", "true", "[]", "{}", '{"a":[1,{"a":2}]}'),
    "[" * 98 + "]" * 98,
]
WRONG_VALUES = [
    *(r'"\/"', r'"\u00e9"', r'"\ud83d\ude00"', r'"\ud83d"', r'"\u000A"', r'"\u0008"', r'"\u001F"'),
    *('"\x01"', '"\t"', '"\ud83d"', r'"\u0022"', r'"\x41"', "'a'"),
    *(
        "1.0",
        "1.5",
        "1e3",
        "1E3",
        "0.0",
        "-0",
        "-0.0",
        "01",
        "+1",
        "9" * 20,
        str(-(2**63) - 1),
        "NaN",
        "-Infinity",
    ),
    *("[1, 2]", "[ ]", '{"a": 1}', '{"a":1,"a":1}', "[1,]", "", "\u0661", "True"),
    "[" * 99 + "]" * 99,
    "[" * 100_000 + "]" * 100_000,
]


@pytest.mark.parametrize("value", RIGHT_VALUES)
def test_a_value_of_a_body_in_its_one_form_is_taken(value: str):
    assert judge(PLAIN.replace('"T"', value)) == (True, None)


@pytest.mark.parametrize("value", WRONG_VALUES, ids=range(len(WRONG_VALUES)))
def test_a_value_of_a_body_in_another_form_is_a_fault(value: str):
    assert judge(PLAIN.replace('"T"', value)) == (False, 1)


@pytest.mark.parametrize("at", ["2004-02-29T23:59:59Z", "2004-01-01T00:00:00.000001Z"])
def test_an_instant_in_its_one_form_is_taken(at: str):
    assert judge(entry(1, at).decode()) == (True, None)


WRONG_INSTANTS = [
    *(
        "2003-02-29T00:00:00Z",
        "2004-01-01T24:00:00Z",
        "2004-01-01T00:60:00Z",
        "2004-1-01T00:00:00Z",
    ),
    *(
        "2004-01-01 00:00:00Z",
        "2004-01-01t00:00:00Z",
        "2004-01-01T00:00:00z",
        "2004-01-01T00:00:00",
    ),
    *("2004-01-01T00:00:00+00:00", "2004-01-01T00:00Z", "20040101T000000Z", "", "2004-01-01"),
    *("2004-01-01T00:00:00.000000Z", "2004-01-01T00:00:00.5Z", "2004-01-01T00:00:00,500000Z"),
    *("2004-01-01T00:00:00.5000000Z", "2004-01-01T00:00:00Z ", "٢004-01-01T00:00:00Z"),
    *("2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z"),
]


@pytest.mark.parametrize("at", WRONG_INSTANTS)
def test_an_instant_in_another_form_is_a_fault(at: str):
    assert judge(entry(1, at).decode()) == (False, 1)


COLUMNS = [
    ({"decision_id": "d"}, {"decision_id": "d"}, True),
    ({"patient": "p", "user_id": "u"}, {"patient": "p", "user_id": "u"}, True),
    ({"user_id": "u"}, {"who": {"user_id": "u"}, "user_id": "other"}, True),
    ({}, {"who": {}, "user_id": "u"}, True),
    ({}, {"decision_id": None, "patient": None, "user_id": None}, True),
    *(({}, {"who": who}, False) for who in (None, "u", [], 5)),
    ({"decision_id": "d"}, {}, False),
    ({}, {"decision_id": "d"}, False),
    ({"patient": "p"}, {"patient": "q"}, False),
    ({"user_id": "other"}, {"who": {"user_id": "u"}, "user_id": "other"}, False),
    ({"patient": 5}, {"patient": 5}, False),
    ({"decision_id": ["d"]}, {"decision_id": ["d"]}, False),
    ({"action": "asked"}, {"action": "answered"}, False),
    ({"action": None}, {"action": None}, False),
    ({"body": []}, {}, False),
    ({"body": None}, {}, False),
    ({"more": 1}, {}, False),
    ({"sequence": "1"}, {}, False),
    ({"sequence": 0}, {}, False),
    ({"sequence": True}, {}, False),
    ({"recorded_at": None}, {}, False),
]


@pytest.mark.parametrize(("columns", "body", "is_whole"), COLUMNS)
def test_the_columns_of_an_entry_are_those_of_its_body(
    columns: dict[str, object], body: dict[str, object], is_whole: bool
):
    made = entry_of(columns, body)

    assert judge(made)[0] is is_whole


def entry_of(columns: dict[str, object], body: dict[str, object]) -> str:
    members = json.loads(entry(1))
    members["body"] |= body
    return plain(members | columns)


def test_members_in_another_order_are_a_fault():
    members = json.loads(PLAIN)
    turned = dict(reversed(members.items()))

    assert judge(plain(turned)) == (False, 1)


@pytest.mark.parametrize("name", ["sequence", "recorded_at", "decision_id", "user_id", "body"])
def test_an_entry_without_one_of_its_members_is_a_fault(name: str):
    members = json.loads(PLAIN)
    del members[name]

    assert judge(plain(members)) == (False, 1)


@pytest.mark.parametrize("text", [PLAIN + " ", " " + PLAIN, "\ufeff" + PLAIN, PLAIN[:-1], "[]"])
def test_what_stands_around_an_entry_is_a_fault(text: str):
    assert judge(text) == (False, 1)


@pytest.mark.parametrize(("value", "is_whole"), [('"T"', True), ("1.0", False), (r'"\/"', False)])
def test_a_proof_takes_an_entry_of_the_one_form_alone(value: str, is_whole: bool):
    raw = PLAIN.replace('"T"', value).encode()

    assert verify_entry(proof(raw, 0, [leaf(raw)]), verifier_key()).is_whole is is_whole
