"""How long a refusal took tells nothing: it is sent at a multiple of some milliseconds, others at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api.even_refusals import EvenRefusals, until_even
from tests.stack import running_stack


class Hours:
    """A clock that stands until somebody sleeps or works."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def answered(hours: Hours, status: int, took: float, step: float = 0.025) -> float:
    """Give when an answer that took so long left, in seconds since the request came."""
    left = []

    async def app(_scope, _receive, send) -> None:
        hours.now += took
        await send({"type": "http.response.start", "status": status})
        await send({"type": "http.response.body", "body": b""})

    async def send(message) -> None:
        left.append((message["type"], hours.now))

    await EvenRefusals(app, step, hours.clock, hours.sleep)({"type": "http"}, None, send)
    [(_start, at), (_body, later)] = left
    assert at == later
    return at - 100.0


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize(("took", "leaves"), [(0, 0.025), (0.004, 0.025), (0.0251, 0.05)])
async def test_il_04_a_refusal_leaves_at_an_even_moment(status, took, leaves):
    assert await answered(Hours(), status, took) == pytest.approx(leaves)


@pytest.mark.parametrize("status", [200, 304, 400, 401, 503])
async def test_any_other_answer_leaves_at_once(status):
    hours = Hours()

    assert await answered(hours, status, 0.004) == pytest.approx(0.004)
    assert hours.slept == []


async def test_a_deployment_may_hold_none():
    hours = Hours()

    assert await answered(hours, 404, 0.004, step=0) == pytest.approx(0.004)
    assert hours.slept == []


async def test_what_is_no_request_passes():
    passed = []

    async def app(scope, _receive, _send) -> None:
        passed.append(scope["type"])

    await EvenRefusals(app, 0.025)({"type": "lifespan"}, None, None)

    assert passed == ["lifespan"]


@given(passed=st.floats(0, 10), step=st.floats(0.001, 1))
def test_no_refusal_waits_longer_than_one_step(passed, step):
    assert 0 <= until_even(passed, step) <= step * 1.000001


async def test_the_service_holds_refusals_as_its_settings_say(london, template, tmp_path, compiled):
    async with running_stack(london, template, tmp_path, compiled, refusals_every_ms=40) as stack:
        even = _layers(stack.client._transport.app)

    assert even._step == 0.04


def _layers(app):
    while not isinstance(app, EvenRefusals):
        app = app._app
    return app
