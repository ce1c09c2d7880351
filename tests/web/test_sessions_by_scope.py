"""Sessions of the pages follow the rule for tokens: where scopes are required, they are asked for and narrow."""

import pytest

from adapters.simulators.demo_users import DEMO_USERS
from gateway.access.decision import Question
from gateway.access.permit import Permit, Refusal
from gateway.app_context import AppContext
from rbac.types import Purpose
from tests.patient.factories import principal
from tests.stack import issuer_at, running_stack
from tests.web.visitor import Visitor

PERSON = "everything"


@pytest.fixture
async def strict(london, template, tmp_path, compiled):
    row = {**issuer_at(london.addresses["identity"]), "smart_scopes": "required"}
    async with running_stack(london, template, tmp_path, compiled, issuer=[row]) as running:
        yield running


async def test_where_scopes_are_required_the_sign_in_page_asks_for_them(strict, stack):
    asked = (await strict.client.get("/sign-in")).headers["location"]
    usual = (await stack.client.get("/sign-in")).headers["location"]

    assert "user%2F%2A.rs" in asked
    assert "user%2F" not in usual


async def test_such_a_session_opens_what_its_users_role_may_see(strict):
    visitor = Visitor(strict)
    await visitor.sign_in("ed-consultant")

    page = await visitor.client.get(f"/patient/{strict.patient(PERSON)}")

    assert page.status_code == 200
    assert 'id="medications"' in page.text


@pytest.mark.parametrize(
    ("scope", "is_open"),
    [("", False), ("openid", False), ("user/*.rs", True), ("patient/*.rs", False)],
)
async def test_a_kept_session_opens_no_more_than_its_token(strict, scope, is_open):
    context = AppContext("scr-web", scope, None, needs_scopes=True, is_own=True)
    asks = principal(app=context, user_id=DEMO_USERS["gp"].user_id)
    number = strict.london.people[PERSON]

    decision = await strict.services.records.access.decide(
        Question(asks, Purpose.TREAT, number, strict.patient(PERSON))
    )

    assert isinstance(decision, Permit if is_open else Refusal)
