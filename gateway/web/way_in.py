"""List the addresses by which people come in, choose a role and go out again.

Holds no rule: `sign_in`, `role_choice` and `back_channel` do what happens there.
"""

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope
from typing_extensions import override

from gateway.sign_in_client import CALLBACK_PATH, NAMED_CALLBACK_PATH
from gateway.web.back_channel import LOGOUT_PATH, end_by_provider
from gateway.web.role_choice import show_roles, take_role
from gateway.web.sign_in import choose_provider, send_to_sign_in, sign_out, take_back
from gateway.web.visits import for_anyone, for_choosers


class PageRoute(Route):
    """A route that names itself to the metrics, as the FHIR routes do."""

    @override
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        return match, {**found, "route": self}


def way_in() -> list[BaseRoute]:
    """List the routes."""
    back = for_anyone(take_back, takes=None)
    return [
        PageRoute("/sign-in", for_anyone(choose_provider), methods=["GET"]),
        PageRoute(CALLBACK_PATH, back, methods=["GET"]),
        PageRoute(NAMED_CALLBACK_PATH, back, methods=["GET"]),
        PageRoute(LOGOUT_PATH, end_by_provider, methods=["POST"]),
        PageRoute("/sign-in/with/{provider}", for_anyone(send_to_sign_in), methods=["GET"]),
        PageRoute("/sign-out", for_choosers(sign_out), methods=["POST"]),
        PageRoute("/role", for_choosers(show_roles), methods=["GET"]),
        PageRoute("/role", for_choosers(take_role), methods=["POST"]),
    ]
