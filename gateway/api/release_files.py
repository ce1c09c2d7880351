"""Send a file of a release that was opened for somebody: from its beginning, whole, and closed whatever happens.

What was changed since it was opened is broken off before its last piece, short of the length that was told (RFC 9112, section 8).

Decides nothing: whoever opened it has asked, and it is on record. RFC 9110; the same for every way to a release's files.
"""

from pathlib import PurePath

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from gateway.population.releases.opening import OpenedFile

PIECE_BYTES = 256 * 1024
"""Large enough that sending, not changing threads, is the work; small enough that many callers fit into memory."""

MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".ndjson": "application/x-ndjson",
    ".parquet": "application/vnd.apache.parquet",
}


class ReleaseFileResponse(StreamingResponse):
    """One opened file. A part of it cannot be asked for: each sending is on record as one of the whole."""

    def __init__(self, opened: OpenedFile, media_type: str | None = None) -> None:
        # Not an async iterator: such a one is read in threads.
        pieces = opened.pieces(PIECE_BYTES)
        named = MEDIA_TYPES.get(PurePath(opened.name).suffix, "application/octet-stream")
        headers = {
            "Content-Length": str(opened.size),
            "Content-Disposition": f'attachment; filename="{opened.name}"',
            "Accept-Ranges": "none",
        }
        super().__init__(pieces, headers=headers, media_type=media_type or named)
        self._content = opened.content

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._content:
            await super().__call__(scope, receive, send)
