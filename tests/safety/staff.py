"""Sign in as staff whom the demo does not have: other roles, other purposes, other moments."""

from datetime import timedelta
from secrets import token_urlsafe

from adapters.simulators.demo_users import DEMO_USERS, DemoUser
from adapters.simulators.identity_tokens import TOKEN_LIFETIME, TokenMaker
from gateway.wiring import now
from tests.london import AUDIENCE
from tests.stack import Stack

CARE = ("TREAT",)


def staff(username: str, role_code: str, organisation: str, *purposes: str) -> DemoUser:
    """Make a member of staff up."""
    serial = sum(username.encode()) + 7_000
    return DemoUser(
        username=username,
        given_name="Alex",
        family_name="Invented",
        user_id=str(555_099_000_000 + serial),
        role_profile_id=str(555_299_000_000 + serial),
        role_code=f"S8000:G8000:{role_code}",
        role_name=username,
        organisation=organisation,
        purposes=purposes or CARE,
    )


def sign_in(stack: Stack, user: DemoUser, minutes_ago: float = 0) -> str:
    """Let the identity provider's own key sign a token for somebody, and let the stack use it by name."""
    assert stack.london.signing_key is not None
    issued_at = now() - timedelta(minutes=minutes_ago)
    maker = TokenMaker(
        stack.london.addresses["identity"],
        AUDIENCE,
        stack.london.signing_key,
        lambda: issued_at,
        token_urlsafe,
    )
    stack.tokens[user.username] = maker.access_token(user, "test", "openid")
    return user.username


def demo_user(username: str) -> DemoUser:
    return DEMO_USERS[username]


__all__ = ["CARE", "TOKEN_LIFETIME", "demo_user", "sign_in", "staff"]
