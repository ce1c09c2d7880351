"""Rows sent in are read strictly, and every fault of them is told."""

import json
from dataclasses import FrozenInstanceError, replace

import pytest

from rbac.faults import FaultKind, PolicyFault
from rbac.policy import MAXIMUM_ROWS, WORDS, as_json, load_default, parse, policy_of
from rbac.types import Policy

ROW = {
    "role": "gp",
    "organisation_kind": "general-practice",
    "category": "problems",
    "label": "normal",
    "purpose": "TREAT",
    "act": "view",
    "level": "summary",
    "effect": "allow",
}


def faults_of(*rows):
    return parse(json.dumps(rows).encode())


def test_good_rows_make_a_policy():
    policy = parse(json.dumps([ROW]).encode())

    assert isinstance(policy, Policy)
    assert [rule.category for rule in policy.rules] == ["problems"]
    assert policy == policy_of(policy.rules)


def test_the_default_policy_survives_writing_and_reading(default_policy):
    assert parse(as_json(default_policy)) == default_policy


def test_a_policy_is_written_one_row_a_line(default_policy):
    lines = as_json(default_policy).decode().splitlines()

    assert (lines[0], lines[-1]) == ("[", "]")
    assert len(lines) == len(default_policy.rules) + 2


def test_a_policy_is_written_to_the_letter():
    policy = parse(json.dumps([ROW, {**ROW, "category": "alerts"}]).encode())
    rest = '"label": "normal", "purpose": "TREAT", "act": "view", "level": "summary", "effect": "allow"}'
    head = '{"role": "gp", "organisation_kind": "general-practice", "category"'

    assert as_json(policy).decode() == (
        f'[\n{head}: "alerts", {rest},\n{head}: "problems", {rest}\n]\n'
    )


def test_the_default_policy_is_the_same_each_time(default_policy):
    assert load_default() == default_policy
    assert len(default_policy.rules) <= MAXIMUM_ROWS / 4


def test_the_order_and_repetition_of_rules_do_not_matter_to_a_policy(default_policy):
    rules = default_policy.rules

    assert policy_of([*reversed(rules), rules[0]]) == default_policy


def test_a_policy_cannot_be_changed(default_policy):
    with pytest.raises(FrozenInstanceError):
        default_policy.version = "other"
    with pytest.raises(FrozenInstanceError):
        default_policy.rules[0].level = "all"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FaultKind.NOT_JSON),
        (b"[", FaultKind.NOT_JSON),
        (b"\xff\xfe[]", FaultKind.NOT_JSON),
        (b"\xef\xbb\xbf[]", FaultKind.NOT_JSON),
        (b"[" * 100_000, FaultKind.NOT_JSON),
        (b"{}", FaultKind.NOT_A_LIST),
        (b'"rows"', FaultKind.NOT_A_LIST),
        (b"null", FaultKind.NOT_A_LIST),
        (b"[]", FaultKind.NO_ROWS),
        (b'[{"role": "gp", "role": "gp"}]', FaultKind.REPEATED_FIELD),
    ],
    ids=range(10),
)
def test_a_body_that_is_not_a_list_of_rows_is_refused(body, kind):
    assert parse(body) == (PolicyFault(kind),)


def test_pa_04_more_rows_than_are_accepted_are_refused():
    assert faults_of(*[ROW] * (MAXIMUM_ROWS + 1)) == (PolicyFault(FaultKind.TOO_MANY_ROWS),)


def test_as_many_rows_as_are_accepted_are_looked_at():
    faults = faults_of(*[ROW] * MAXIMUM_ROWS)

    assert {fault.kind for fault in faults} == {FaultKind.DUPLICATE_ROW}
    assert [fault.row for fault in faults] == list(range(1, MAXIMUM_ROWS))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", FaultKind.EMPTY),
        ("  ", FaultKind.EMPTY),
        ("\u00a0", FaultKind.EMPTY),
        ("\n", FaultKind.EMPTY),
        ("gp\n", FaultKind.LINE_BREAK),
        ("gp\u2028", FaultKind.LINE_BREAK),
        ("gp\x85", FaultKind.LINE_BREAK),
        ("gp\x7f", FaultKind.LINE_BREAK),
        ("gp\x1f", FaultKind.LINE_BREAK),
        ("g\u0440", FaultKind.LOOK_ALIKE),
        ("\uff27\uff30", FaultKind.LOOK_ALIKE),
        ("*", FaultKind.WILDCARD),
        ("g?", FaultKind.WILDCARD),
        ("[a-z]", FaultKind.WILDCARD),
        (" gp", FaultKind.UNKNOWN_WORD),
        ("gp,gp", FaultKind.UNKNOWN_WORD),
        ("'gp'", FaultKind.UNKNOWN_WORD),
        ("#gp", FaultKind.UNKNOWN_WORD),
        ("True) or (True", FaultKind.UNKNOWN_WORD),
        ("(a+)+$", FaultKind.UNKNOWN_WORD),
        ("Allow", FaultKind.UNKNOWN_WORD),
        ("x" * 10_000, FaultKind.UNKNOWN_WORD),
        (None, FaultKind.NOT_TEXT),
        (1, FaultKind.NOT_TEXT),
        (True, FaultKind.NOT_TEXT),
        (["gp"], FaultKind.NOT_TEXT),
    ],
    ids=range(26),
)
@pytest.mark.parametrize("field", WORDS)
def test_pa_01_pa_02_pa_03_a_word_that_is_not_exactly_known_is_refused(field, text, kind):
    assert faults_of({**ROW, field: text}) == (PolicyFault(kind, 0, field),)


@pytest.mark.parametrize("field", WORDS)
def test_a_row_that_lacks_a_field_is_refused(field):
    row = {name: word for name, word in ROW.items() if name != field}

    assert faults_of(row) == (PolicyFault(FaultKind.MISSING_FIELD, 0, field),)


def test_pa_03_a_row_with_a_field_more_is_refused():
    assert faults_of({**ROW, "condition": "True"}) == (PolicyFault(FaultKind.UNKNOWN_FIELD, 0),)


@pytest.mark.parametrize("row", [None, [], "gp", 1])
def test_what_is_not_a_row_is_refused(row):
    assert faults_of(ROW, row) == (PolicyFault(FaultKind.NOT_A_ROW, 1),)


def test_every_fault_of_every_row_is_told():
    faults = faults_of({**ROW, "role": "*", "level": ""}, ROW, {**ROW, "act": "read", "x": "y"})

    assert faults == (
        PolicyFault(FaultKind.WILDCARD, 0, "role"),
        PolicyFault(FaultKind.EMPTY, 0, "level"),
        PolicyFault(FaultKind.UNKNOWN_FIELD, 2),
        PolicyFault(FaultKind.UNKNOWN_WORD, 2, "act"),
    )


def test_a_repeated_row_is_refused():
    faults = faults_of(ROW, {**ROW, "level": "all"}, ROW, ROW)

    assert faults == (
        PolicyFault(FaultKind.DUPLICATE_ROW, 2),
        PolicyFault(FaultKind.DUPLICATE_ROW, 3),
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"effect": "deny"}, [(FaultKind.DENY_WITH_LEVEL, "level")]),
        ({"act": "search"}, [(FaultKind.ACT_WITH_LEVEL, "level")]),
        (
            {"act": "search", "level": "all", "label": "own"},
            [(FaultKind.ACT_WITH_LABEL, "label")],
        ),
        (
            {"act": "search", "effect": "deny", "label": "own"},
            [(FaultKind.ACT_WITH_LABEL, "label"), (FaultKind.DENY_WITH_LEVEL, "level")],
        ),
    ],
)
def test_words_that_do_not_fit_together_are_refused(change, expected):
    faults = faults_of({**ROW, **change})

    assert faults == tuple(PolicyFault(kind, 0, field) for kind, field in expected)


@pytest.mark.parametrize(
    "change",
    [
        {"effect": "deny", "level": "none"},
        {"act": "search", "level": "all"},
        {"act": "search", "effect": "deny", "level": "none"},
        {"label": "own", "level": "mask"},
        {"level": "none"},
    ],
)
def test_words_that_fit_together_are_taken(change):
    assert isinstance(faults_of({**ROW, **change}), Policy)


def test_a_fault_says_where_it_is_without_repeating_what_was_written():
    fault = PolicyFault(FaultKind.UNKNOWN_WORD, 2, "label")

    assert fault.message == "Row 3: label is not a known word."
    assert replace(fault, field=None).message == "Row 3 is not a known word."
    assert PolicyFault(FaultKind.NO_ROWS).message == (
        "The policy has no rows; an empty policy is refused."
    )
