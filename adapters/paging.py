"""Build and follow addresses of one source without ever leaving it.

A next link is followed only below the source's own base address, never twice, and to a fixed depth.
Follows FHIR R4 3.1.0.5 (paging) and RFC 3986 section 5.
"""

import re
from collections.abc import Sequence
from urllib.parse import SplitResult, quote, unquote, urlencode, urljoin, urlsplit

from adapters.contract import Reason

_SEGMENT = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_LINK_CHARACTERS = re.compile(r"[!-~]{1,8192}")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class UnsafeSegmentError(ValueError):
    """Say that a value from data may not stand in an address; the message never holds it."""


def safe_segment(text: str) -> str:
    """Give a value from data as one path segment.

    Raises UnsafeSegmentError unless it is a FHIR id of 1 to 64 characters, neither `.` nor `..`.
    """
    if _SEGMENT.fullmatch(text) is None or text in {".", ".."}:
        raise UnsafeSegmentError("Expected 1 to 64 letters, digits, hyphens or full stops.")
    return quote(text, safe="")


class Endpoint:
    """One source's base address; every address asked is below it."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")
        self._parts = urlsplit(self._base)
        self._origin = _origin_of(self._parts)

    def url_of(self, path: str, query: Sequence[tuple[str, str]] = ()) -> str:
        """Give the address of a path written in code; values from data pass `safe_segment` first."""
        url = f"{self._base}/{path}" if path else self._base
        return f"{url}?{urlencode(query)}" if query else url

    def follow(self, link: str, seen_on: str) -> str | None:
        """Resolve a link found in an answer; None when it leads away from this source."""
        if _LINK_CHARACTERS.fullmatch(link) is None or "\\" in link:
            return None
        try:
            url = urljoin(seen_on, link)
            return url if self.holds(url) else None
        except ValueError:
            return None

    def holds(self, url: str) -> bool:
        """Say whether an address has this source's scheme, host, port and base path."""
        parts = urlsplit(url)
        if parts.username is not None or parts.password is not None or parts.fragment:
            return False
        return _origin_of(parts) == self._origin and self._is_below_base(parts.path)

    def _is_below_base(self, path: str) -> bool:
        plain = unquote(path)
        climbs = any(segment in {".", ".."} for segment in plain.split("/"))
        if climbs or plain.count("/") != path.count("/") or "\\" in plain:
            return False
        return path.rstrip("/") == self._parts.path or path.startswith(f"{self._parts.path}/")


def _origin_of(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)


class PageTrail:
    """Pages of one answer so far: no address twice, no more than the cap; calls at once share it."""

    def __init__(self, endpoint: Endpoint, most_pages: int) -> None:
        self._endpoint = endpoint
        self._most_pages = most_pages
        self._visited: set[str] = set()

    def begin(self, url: str) -> None:
        """Note a first page."""
        self._visited.add(url)

    def follow(self, link: str, seen_on: str) -> str | Reason:
        """Give the next page's address, or why it is not followed."""
        url = self._endpoint.follow(link, seen_on)
        if url is None:
            return Reason.PAGING_HOST
        if url in self._visited:
            return Reason.PAGING_LOOP
        if len(self._visited) >= self._most_pages:
            return Reason.PAGING_LIMIT
        self._visited.add(url)
        return url
