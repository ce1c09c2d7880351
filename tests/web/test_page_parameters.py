"""A page takes the parameters that it declares, and refuses every other: as the FHIR routes do."""

import pytest

from tests.web.visitor import Visitor

PUBLIC = ["/", "/sign-in", "/static/pages.css"]
UNKNOWN = ["nhs_number=9990000018", "_format=json", "next=//evil.example", "x", "=", "&", "%00=1"]


async def refused(stack, path, method="GET"):
    answer = await stack.client.request(method, path)
    return answer.status_code == 400 and "The request could not be used" in answer.text


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("query", UNKNOWN)
async def test_a_page_for_anyone_refuses_a_parameter_that_it_does_not_know(stack, path, query):
    assert await refused(stack, f"{path}?{query}")


@pytest.mark.parametrize("query", UNKNOWN)
async def test_a_page_for_visitors_refuses_a_parameter_that_it_does_not_know(stack, query):
    await Visitor(stack).sign_in()
    called = await stack.audit()

    assert await refused(stack, f"/find?{query}")
    assert await refused(stack, f"/find?{query}", "POST")
    assert await refused(stack, f"/sign-out?{query}", "POST")
    assert await refused(stack, f"/patient/{stack.patient('everything')}?{query}")
    assert await stack.audit() == called


async def test_a_provider_may_say_more_than_the_code(stack):
    visitor = Visitor(stack)
    answer = await visitor.answer_of_provider(await visitor.go_to_provider())

    said = await stack.client.get(f"{answer}&session_state=a&scope=openid&client_id=scr-web")
    assert said.status_code == 303
    assert "session" in stack.client.cookies
