"""Write a page from a template, every word escaped, and answer with it.

Holds no rule and no wording of its own. Safety rule 23.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from gateway.settings import Profile, Settings
from gateway.web.forms import TOKEN_FIELD
from gateway.web.sessions import Session

FOLDER = Path(__file__).parent

# Without it browsers name no origin on forms, and the check of it would refuse our own pages.
_HEADERS = {"Referrer-Policy": "same-origin"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page: who is signed in, if anybody, and whether the people are invented."""

    session: Session | None
    is_demo: bool

    @classmethod
    def of(cls, settings: Settings, session: Session | None = None) -> "Frame":
        """Make the frame of one answer."""
        return cls(session, settings.profile is Profile.DEMO)


@cache
def environment() -> Environment:
    """Give the templates; an unknown name in one is an error, never an empty text."""
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write_page(
    template: str, frame: Frame, content: Mapping[str, object], status: int = 200
) -> HTMLResponse:
    """Answer with a page."""
    session = frame.session
    html = (
        environment()
        .get_template(template)
        .render(
            {
                "user": session.principal if session else None,
                "form_token": session.form_token if session else "",
                "form_token_field": TOKEN_FIELD,
                "is_demo": frame.is_demo,
                "can_change_role": bool(session and session.profiles),
                **content,
            }
        )
    )
    return HTMLResponse(html, status, _HEADERS)
