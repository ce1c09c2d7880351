"""What is not exactly a rule of known words is refused, and nothing of it is kept (PA-01, 02, 03, 08)."""

from typing import Any

import pytest

from gateway.store.policy_drafts import administrators
from tests.safety.administrators import AUTHOR, DRAFTS, active_rules, propose, saved
from tests.stack import ADMINISTRATORS, Stack

ROW = {
    "role": "gp",
    "organisation_kind": "general-practice",
    "category": "problems",
    "label": "normal",
    "purpose": "TREAT",
    "act": "view",
    "level": "all",
    "effect": "allow",
}
TEXTS = [
    "gp\n",
    "gp,gp",
    '"gp"',
    "'gp'",
    "#gp",
    "gp(",
    "g\u0440",
    "gp" * 5_000,
    "gp\u2028",
    "gp\x00",
]
PATTERNS = ["(a+)+$", "{1..9999999}", "True) or (True", "gp|gp_nurse", ".*", "r.sub == p.sub", "g?"]
UNKNOWN = [
    {"effect": "Allow"},
    {"effect": "permit"},
    {"role": "surgeon"},
    {"role": "*"},
    {"role": ""},
    {"label": "secret"},
    {"purpose": "CURIOSITY"},
    {"act": "delete"},
    {"category": " "},
    {"role": None},
    {"role": ["gp"]},
]
OF_NO_MODEL = [
    {"condition": "True"},
    {"priority": "1"},
    {"inherits": "ed_consultant"},
    {"p": "alice"},
    {"v0": "gp"},
]
"""Roles inherit nothing, so that there is no circle and no chain to be made of them."""


async def refused(stack: Stack, row: dict[str, Any]) -> bool:
    """Say whether a policy with this row more is refused by its schema, with nothing of it kept."""
    version, rules = await active_rules(stack)
    before = await saved(stack)
    answer = await propose(stack, [*rules, row], version)
    told = answer.json()["issue"][0]["diagnostics"]
    assert not {str(each) for each in row.values() if str(each) not in ROW.values()} & {told}
    return answer.status_code == 422 and await saved(stack) == before


@pytest.mark.parametrize("field", ["role", "label"])
async def test_pa_01_text_that_is_no_word_is_refused(stack: Stack, field: str):
    for text in TEXTS:
        assert await refused(stack, {**ROW, field: text}), ascii(text)


async def test_pa_02_a_word_that_is_not_known_is_refused(stack: Stack):
    for words in UNKNOWN:
        assert await refused(stack, {**ROW, **words}), words


async def test_pa_03_there_is_no_place_for_an_expression(stack: Stack):
    for text in PATTERNS:
        assert await refused(stack, {**ROW, "category": text}), text
        assert await refused(stack, {**ROW, "matcher": text}), text


async def test_pa_08_there_is_no_place_for_a_role_of_a_role(stack: Stack):
    chain = [{"role": f"r{each}", "inherits": f"r{each + 1}"} for each in range(7)]
    for words in [*OF_NO_MODEL, *chain, {"inherits": "gp"}]:
        assert await refused(stack, {**ROW, **words}), words


@pytest.mark.parametrize(
    "named", ["policy_admin", "gp", "", "*", " ", "a\nb", "a,b", None, 7, ["a"], {}]
)
async def test_pa_08_a_user_named_like_a_role_or_like_nobody_is_refused(stack: Stack, named: Any):
    version, rules = await active_rules(stack)
    people = [*ADMINISTRATORS, named]

    answer = await propose(stack, rules, version, administrators=people)

    assert (answer.status_code, await saved(stack)) == (422, (1, 0))
    assert await stack.services.store.read(administrators) == tuple(sorted(ADMINISTRATORS))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"[" * 100_000, 400),
        (b'{"based_on": 1, "based_on": 2}', 400),
        (b'{"based_on": "x", "why": "x", "rules": [1]}', 422),
        (b'{"based_on": "x", "why": "x", "rules": 7}', 422),
        (b'{"based_on": "x", "why": "x", "rules": []}', 422),
        (b'{"rules": [], "version": ""}', 400),
        (b'{"more": 1}', 400),
        (b"x" * 1_100_000, 400),
    ],
)
async def test_pa_01_a_body_that_is_no_proposal_is_refused(stack: Stack, body: bytes, status: int):
    answer = await stack.send(
        AUTHOR, DRAFTS, body.replace(b'"x", "why"', b'"' + b"a" * 64 + b'", "why"')
    )

    assert (answer.status_code, await saved(stack)) == (status, (1, 0))


@pytest.mark.parametrize(
    "why",
    [None, "", " ", "a\nb", "a" * 501, "a\x00"],
)
async def test_pa_01_a_reason_that_cannot_be_kept_is_refused(stack: Stack, why: str | None):
    version, rules = await active_rules(stack)

    answer = await stack.send(AUTHOR, DRAFTS, {"based_on": version, "rules": rules, "why": why})

    assert (answer.status_code, await saved(stack)) == (400, (1, 0))


@pytest.mark.parametrize("named", ["nobody", {}, ["a"] * 101])
async def test_pa_01_a_list_of_people_that_is_none_is_refused(stack: Stack, named: Any):
    version, rules = await active_rules(stack)

    answer = await propose(stack, rules, version, administrators=named)

    assert (answer.status_code, await saved(stack)) == (400, (1, 0))
