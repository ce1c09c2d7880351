"""Read files as whoever gets them could, so that nothing hides from a search in a packed column.

Searches nothing itself (`canaries` does). Gzip, and Parquet with its metadata; anything else is read as it stands.
"""

import gzip
import io
from collections.abc import Iterator

import pyarrow.parquet

_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"


def readable(content: bytes) -> Iterator[bytes]:
    """Give the bytes of a file, and what it holds once it is unpacked."""
    yield content
    if content.startswith(_GZIP):
        yield from readable(gzip.decompress(content))
    if content.startswith(_PARQUET):
        yield from _columns(content)


def _columns(content: bytes) -> Iterator[bytes]:
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    yield str(table.schema.to_string(show_schema_metadata=True)).encode()
    for column in table.columns:
        values = "\n".join(str(value) for value in column.to_pylist())
        yield values.encode()
