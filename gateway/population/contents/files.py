"""Write rows of text as files: CSV, NDJSON, Parquet, the same bytes each time, and of no size that counts them.

Decides nothing about what is in them. Every file is as large as a whole number of blocks, by white space that every reader
passes over: blank lines at the end of CSV (RFC 4180 readers skip them), spaces before the last brace of NDJSON (RFC 8259,
section 2), a word of the footer's metadata in Parquet.
"""

import csv
import io
import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import assert_never

import pyarrow as pa
import pyarrow.parquet as pq

from gateway.population.pull_files import write_whole
from gateway.population.release_order import Format, ReleasedFile

BLOCK = 64 * 1024
"""A file of rows has hundreds of them in a block, so its blocks tell no number of people to within eight. Judgement."""

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Source: OWASP, CSV Injection."""
_ZSTD = "zstd"
_LENGTHS = 16
"""More bytes than all lengths of one word in a footer take."""

Rows = Sequence[Sequence[str]]


def write_rows(
    folder: Path, name: str, kind: Format, columns: Sequence[str], rows: Rows
) -> ReleasedFile:
    """Write rows under a name, durably."""
    match kind:
        case Format.CSV:
            return write_padded(folder, f"{name}.csv", csv_of(columns, rows), b"\n")
        case Format.NDJSON:
            return _written(folder, f"{name}.ndjson", ndjson_of(columns, rows))
        case Format.PARQUET:
            return _written(folder, f"{name}.parquet", parquet_of(columns, rows))
        case _:
            assert_never(kind)


def write_document(folder: Path, name: str, document: object) -> ReleasedFile:
    """Write a document as JSON, its keys in order."""
    content = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    return write_padded(folder, name, content.encode(), b"\n")


def write_padded(folder: Path, name: str, content: bytes, filler: bytes) -> ReleasedFile:
    """Write content, and after it as many filling bytes as make whole blocks."""
    return _written(folder, name, content + filler * _lacking(len(content)))


def csv_of(columns: Sequence[str], rows: Rows) -> bytes:
    """Write rows so that no spreadsheet takes a value for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_as_text(value) for value in row] for row in rows)
    return text.getvalue().encode()


def ndjson_of(columns: Sequence[str], rows: Rows) -> bytes:
    """Write a line for each row, the last of them long enough to fill the block."""
    lines = [
        json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False).encode()
        for row in rows
    ] or [b"{}"]
    whole = b"\n".join(lines) + b"\n"
    return whole[:-2] + b" " * _lacking(len(whole)) + whole[-2:]


def parquet_of(columns: Sequence[str], rows: Rows) -> bytes:
    """Write a table of texts, with nothing in its footer that says more than its rows."""
    by_column = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    table = pa.table([pa.array(each, pa.string()) for each in by_column], list(columns))
    lacking = _lacking(len(_parquet(table, 0)))
    tries = chain(_down_from(lacking), _down_from(lacking + BLOCK))
    return next(
        written for filling in tries if not _lacking(len(written := _parquet(table, filling)))
    )


def _down_from(lacking: int) -> range:
    """Give what may fill a block: the length of the filling is itself written, in one to three bytes, more than once."""
    return range(lacking, max(lacking - _LENGTHS, -1), -1)


def _parquet(table: pa.Table, filling: int) -> bytes:
    sink = io.BytesIO()
    with pq.ParquetWriter(
        sink, table.schema, compression=_ZSTD, write_statistics=False, store_schema=False
    ) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({"filling": " " * filling})
    return sink.getvalue()


def _as_text(value: str) -> str:
    # The writer quotes no carriage return, and readers end a line at it.
    told = value.replace("\r", " ")
    return f"'{told}" if value.startswith(_STARTS_A_FORMULA) else told


def _lacking(size: int) -> int:
    return -size % BLOCK


def _written(folder: Path, name: str, content: bytes) -> ReleasedFile:
    write_whole(folder / name, content)
    return ReleasedFile(name, sha256(content).hexdigest(), len(content))
