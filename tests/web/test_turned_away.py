"""Who is turned away by a page before anything was asked is on record, as who is turned away by an address is."""

import pytest

from tests.safety.siege import rows
from tests.stack import Stack
from tests.web.visitor import Visitor

FORMS = ("claim", "break-glass", "permission")


@pytest.fixture
async def visitor(stack: Stack) -> Visitor:
    made = Visitor(stack)
    await made.sign_in("receptionist")
    return made


def forms_of(stack: Stack) -> list[str]:
    return [f"/patient/{stack.patient('other-practice')}/{form}" for form in FORMS]


async def test_ai_09_who_is_shown_no_form_is_on_record(visitor: Visitor):
    answers = [await visitor.client.get(path) for path in forms_of(visitor.stack)]

    kept = await rows(visitor.stack, "caller-refused")
    assert [each.status_code for each in answers] == [403] * 3
    assert [each["request_id"] for each in kept] == [
        each.headers["x-request-id"] for each in answers
    ]
    assert [each["reason"] for each in kept] == [
        *("not-for-role", "purpose-not-allowed", "permission-not-asked-for")
    ]


@pytest.mark.parametrize("user", ["receptionist", "gp-analyst"])
async def test_ai_09_a_form_from_elsewhere_is_on_record(stack: Stack, user: str):
    visitor = Visitor(stack)
    await visitor.sign_in(user)

    answer = await visitor.client.post("/sign-out", headers={"Origin": "http://evil.test"})

    [kept] = await rows(stack, "caller-refused")
    assert (answer.status_code, kept["reason"]) == (403, "form-not-ours")


async def test_where_that_cannot_be_recorded_the_service_cannot_answer(visitor: Visitor):
    with visitor.stack.services.store.writes.begin() as connection:
        connection.exec_driver_sql("DROP TABLE audit_entry")

    path = forms_of(visitor.stack)[0]
    answers = [await visitor.client.get(path), await visitor.client.post(path)]

    assert [each.status_code for each in answers] == [503, 503]
