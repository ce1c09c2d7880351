"""Read one HTTP/1.1 response from bytes as they come, and notice bytes that do not belong to it.

Does no input or output. Parsing is httptools' (llhttp, strict); what is added are bounds, the end of a
response by closing, and refusal of anything after its end. Follows RFC 9112 sections 6 to 8 and 11.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import httptools

# Between two body bytes there may be headers, chunk sizes or trailers; llhttp itself sets no bound.
_MOST_BYTES_WITHOUT_BODY = 64 * 1024


class NotHttpError(Exception):
    """Say that what came is not an HTTP response, or has headers without end."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers; names in lower case, repeated ones joined by comma."""

    status: int
    headers: Mapping[str, str] = field(repr=False)


class ResponseReader:
    """One response. Methods named `on_…` are httptools' callbacks."""

    def __init__(self) -> None:
        self.head: Head | None = None
        self.has_begun = False
        self.is_complete = False
        self.has_extra_bytes = False
        self.pending_bytes = 0
        self._parts: list[bytes] = []
        self._headers: dict[str, str] = {}
        self._bytes_without_body = 0
        self._is_kept_alive = False
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: memoryview) -> None:
        """Take received bytes.

        Raises NotHttpError when they cannot be part of a response.
        """
        self.has_begun = True
        self._bytes_without_body += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self.is_complete:
                raise NotHttpError("Expected an HTTP/1.1 response.") from error
            self.has_extra_bytes = True
        if not self.is_complete and self._bytes_without_body > _MOST_BYTES_WITHOUT_BODY:
            raise NotHttpError("Expected headers of at most 64 KiB.")

    def end(self) -> None:
        """Take the end of the connection: it ends a response that declared no other end."""
        if self.head is not None and self.head.headers.keys().isdisjoint(
            {"content-length", "transfer-encoding"}
        ):
            self.is_complete = True

    def take_parts(self) -> list[bytes]:
        """Give the body bytes that came since the last time."""
        parts, self._parts, self.pending_bytes = self._parts, [], 0
        return parts

    def may_keep_connection(self) -> bool:
        """Say whether the connection can carry another request."""
        return self.is_complete and not self.has_extra_bytes and self._is_kept_alive

    def on_message_begin(self) -> None:
        """Notice a second message: nobody asked for one."""
        self.has_extra_bytes = self.is_complete
        self._headers = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header; those after the body are trailers, which decide nothing."""
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        known = self._headers.get(key)
        self._headers[key] = text if known is None else f"{known}, {text}"

    def on_headers_complete(self) -> None:
        """Fix the head; interim responses (1xx) are passed over."""
        status = self._parser.get_status_code()
        if status >= HTTPStatus.OK and self.head is None:
            self.head = Head(status, dict(self._headers))
            # llhttp forgets this at the end of the message.
            self._is_kept_alive = self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        """Keep body bytes."""
        self._bytes_without_body = 0
        if not self.is_complete:
            self._parts.append(body)
            self.pending_bytes += len(body)

    def on_message_complete(self) -> None:
        """Note the end, unless it is that of an interim response."""
        self.is_complete = self.head is not None
