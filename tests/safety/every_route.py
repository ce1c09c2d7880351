"""Every route of the running gateway, as it is composed: a new one is tried without anybody adding it here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.stack import Stack

_FIELD = re.compile(r"\{([a-z_]+)(?::[a-z]+)?\}")


@dataclass(frozen=True)
class Served:
    """One method of one path; `fields` are the segments of the path that a caller fills in."""

    method: str
    path: str

    @property
    def fields(self) -> list[str]:
        return _FIELD.findall(self.path)

    def at(self, **filled: str) -> str:
        """Give the path with its fields filled in."""
        return _FIELD.sub(lambda found: filled[found[1]], self.path)


def every_route(stack: Stack) -> list[Served]:
    """Give every route once for each method; a mounted folder counts as one with a field."""
    return sorted(set(_served(_composed(stack).routes)), key=lambda each: (each.path, each.method))


def _composed(stack: Stack) -> Any:
    transport: Any = stack.client._transport
    app = transport.app
    while not hasattr(app, "routes"):
        app = app._app
    return app


def _served(routes: list[Any], before: str = "") -> Iterator[Served]:
    for route in routes:
        path = before + getattr(route, "path", "")
        # FastAPI keeps an included router as it was, with the whole paths of its routes.
        nested = getattr(getattr(route, "original_router", route), "routes", None)
        if nested:
            yield from _served(nested, path)
        elif methods := getattr(route, "methods", None):
            yield from (Served(method, path) for method in methods if method != "HEAD")
        else:
            yield Served("GET", f"{path}/{{file}}")
