"""Sign tokens as the provider of the test's London gives them to an application, with any scopes and launch."""

from adapters.simulators.demo_users import DEMO_USERS
from adapters.simulators.identity_tokens import TokenMaker
from gateway.wiring import now
from tests.london import AUDIENCE
from tests.stack import Stack

APP = "an-app"


def launched(stack: Stack, user: str, scope: str, patient: str | None = None) -> str:
    """Let an application hold a user's token from now on, under the name that requests are sent as."""
    assert stack.london.signing_key is not None
    maker = TokenMaker(
        stack.london.addresses["identity"],
        AUDIENCE,
        stack.london.signing_key,
        now,
        lambda: "an-id",
    )
    stack.tokens[APP] = maker.access_token(DEMO_USERS[user], APP, scope, patient)
    return APP
