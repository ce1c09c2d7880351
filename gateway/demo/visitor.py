"""Ask the running demo over real HTTP, as anybody outside it would.

For the demo's own check alone: sources are asked through `adapters/transport.py`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit

_SECONDS = 15.0  # beyond the gateway's own ten, so that its answer is seen

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> dict[str, Any]:
        """Read the body; an empty object for what is not JSON."""
        try:
            document = json.loads(self.body)
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who asks one server, with a token or without."""

    address: str
    token: str | None = field(default=None, repr=False)

    def get(self, path: str, headers: Mapping[str, str] = _NO_HEADERS) -> Answer:
        """Ask for a page or a resource."""
        return self._ask("GET", path, b"", headers)

    def post_form(self, path: str, form: Mapping[str, str]) -> Answer:
        """Send a form."""
        return self._ask(
            "POST",
            path,
            urlencode(form).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )

    def post_json(self, path: str, document: Mapping[str, Any]) -> Answer:
        """Send a JSON object."""
        return self._ask(
            "POST", path, json.dumps(document).encode(), {"Content-Type": "application/json"}
        )

    def delete(self, path: str) -> Answer:
        """Ask for something to be undone."""
        return self._ask("DELETE", path, b"", {})

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        bearer = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=_SECONDS)
        try:
            connection.request(method, path, body or None, {**headers, **bearer})
            response = connection.getresponse()
            given = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, given, response.read())
        finally:
            connection.close()
