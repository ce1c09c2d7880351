"""Say what is tried, and what came of it, to the process that tries views and back.

Needs no engine: who asks for a trial loads none.
"""

from typing import Literal

import msgspec

ROWS_AT_MOST = 10_000
BYTES_AT_MOST = 16 * 1024 * 1024
"""Of what is given back: a view is tried here, and nothing is analysed. Judgement, both."""


class Trial(msgspec.Struct, frozen=True):
    """What to try: a definition as it was sent, and how much of the result."""

    definition: msgspec.Raw
    form: Literal["ndjson", "csv", "parquet"] = "ndjson"
    rows: int = ROWS_AT_MOST


class Tried(msgspec.Struct, frozen=True):
    """What came of it: a table, or all that is wrong."""

    table: bytes = b""
    faults: tuple[str, ...] = ()
