"""Set and read the two cookies of the pages: the session's, and that of a sign-in under way.

Holds no meaning of their values. RFC 6265bis, sections 4.1.2 and 4.1.3 (`__Host-`).
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from gateway.settings import Settings
from gateway.sign_in_client import ATTEMPT_LASTS


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie: sent on top-level navigation only, out of reach of scripts.

    `lasts_seconds` is None for one that ends with the browser. Lax, not Strict: coming back from the
    OpenID provider is a navigation from another site.
    """

    name: str
    is_secure: bool
    lasts_seconds: int | None = None

    def read(self, request: Request) -> str | None:
        """Give the value that a browser sent."""
        return request.cookies.get(self.name)

    def put(self, response: Response, value: str) -> None:
        """Hand a value to the browser."""
        response.set_cookie(
            self.name,
            value,
            max_age=self.lasts_seconds,
            path="/",
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )

    def drop(self, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(
            self.name, path="/", secure=self.is_secure, httponly=True, samesite="lax"
        )


def session_cookie(settings: Settings) -> Cookie:
    """Give the cookie that holds a session's id."""
    return _cookie(settings, "session")


def attempt_cookie(settings: Settings) -> Cookie:
    """Give the cookie that holds the secret of a sign-in under way."""
    return _cookie(settings, "sign-in", int(ATTEMPT_LASTS.total_seconds()))


def _cookie(settings: Settings, name: str, lasts_seconds: int | None = None) -> Cookie:
    is_secure = settings.base_url.startswith("https://")
    return Cookie(f"__Host-{name}" if is_secure else name, is_secure, lasts_seconds)
