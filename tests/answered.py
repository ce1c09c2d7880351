"""Read an answer of the gateway for tests."""

from typing import Any

import httpx2
import orjson


class Bundle:
    """An answer of the gateway, read for tests."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.body = orjson.loads(response.content)
        entries = self.body.get("entry", [])
        self.resources = [
            each["resource"] for each in entries if each["search"]["mode"] != "outcome"
        ]
        self.issues = [
            each["resource"]["issue"] for each in entries if each["search"]["mode"] == "outcome"
        ]
        self.outcomes = {
            first["diagnostics"].split(" ")[0]: first["details"]["coding"][0]["code"]
            for first, *_remarks in self.issues
        }

    def remarks_on(self, source: str) -> list[str]:
        """Give what the receipt says of a source beyond its outcome."""
        return [
            remark["details"]["text"]
            for _first, *remarks in self.issues
            for remark in remarks
            if remark["diagnostics"] == source
        ]

    def of(self, resource_type: str, source: str | None = None) -> list[dict[str, Any]]:
        uri = None if source is None else f"urn:scr:source:{source}"
        return [
            each
            for each in self.resources
            if each["resourceType"] == resource_type
            and (uri is None or each["meta"]["source"] == uri)
        ]

    def from_source(self, source: str) -> list[dict[str, Any]]:
        uri = f"urn:scr:source:{source}"
        return [each for each in self.resources if each["meta"]["source"] == uri]

    @property
    def is_complete(self) -> str:
        return self.response.headers["x-record-complete"]
