"""Files are the same each time, read alike by every reader, and of no size that counts their rows."""

import csv
import io
import json
from itertools import product

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.population.contents import files
from gateway.population.contents.files import (
    BLOCK,
    csv_of,
    ndjson_of,
    parquet_of,
    write_document,
    write_rows,
)
from gateway.population.release_order import Format

COLUMNS = ("area", "value")
ROWS = [("E1", "10"), ("E2", "*")]
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=9)


def written(folder, kind: Format, rows=ROWS) -> bytes:
    return (folder / write_rows(folder, "rows", kind, COLUMNS, rows).name).read_bytes()


@pytest.mark.parametrize(("kind", "count"), list(product(Format, (0, 1, 2, 7))))
def test_t19_a_few_rows_more_or_less_make_no_file_larger(tmp_path, kind: Format, count: int):
    assert len(written(tmp_path, kind, [("E1", "10")] * count)) == BLOCK


@pytest.mark.parametrize("kind", Format)
def test_t19_files_without_filling_would_tell_one_row_more(tmp_path, monkeypatch, kind: Format):
    monkeypatch.setattr(files, "BLOCK", 1)
    sizes = {
        len(written(tmp_path, kind, [(f"E{each}", "10") for each in range(count)]))
        for count in (7, 8)
    }

    assert len(sizes) == 2


@pytest.mark.parametrize("kind", Format)
def test_a_file_of_many_rows_is_whole_blocks_and_the_same_each_time(tmp_path, kind: Format):
    rows = [(f"E{number * 7919 % 100_003}", "10") for number in range(30_000)]

    once, again = (written(tmp_path, kind, rows) for _each in range(2))

    assert once == again
    assert len(once) > BLOCK
    assert len(once) % BLOCK == 0


def test_readers_of_csv_pass_over_what_fills_the_file(tmp_path):
    text = written(tmp_path, Format.CSV)
    path = str(tmp_path / "rows.csv")

    assert [tuple(each.values()) for each in csv.DictReader(io.StringIO(text.decode()))] == ROWS
    assert duckdb.execute("FROM read_csv($1, all_varchar=true)", [path]).fetchall() == ROWS


def test_readers_of_ndjson_and_parquet_have_the_same_rows(tmp_path):
    lines = written(tmp_path, Format.NDJSON).splitlines()
    written(tmp_path, Format.PARQUET)
    table = pq.read_table(tmp_path / "rows.parquet")

    assert [tuple(json.loads(line).values()) for line in lines] == ROWS
    assert [tuple(each.values()) for each in table.to_pylist()] == ROWS


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"], ids=repr)
def test_no_spreadsheet_takes_a_value_for_a_formula(value: str):
    _header, row = csv.reader(io.StringIO(csv_of(["a"], [[value]]).decode(), newline=""))

    assert row[0] == f"'{value}".replace("\r", " ")


def test_a_footer_says_no_least_and_no_largest_value():
    footer = pq.ParquetFile(io.BytesIO(parquet_of(COLUMNS, ROWS))).metadata

    assert footer.row_group(0).column(0).statistics is None


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
@settings(max_examples=25)
def test_any_text_is_read_back_from_ndjson_as_it_was(rows):
    content = ndjson_of(COLUMNS, rows)

    assert len(content) % BLOCK == 0
    read = [json.loads(line) for line in content.decode().split("\n") if line]
    assert [tuple(each.values()) for each in read] == rows or (not rows and read == [{}])


def test_a_document_is_json_with_its_keys_in_order(tmp_path):
    said = write_document(tmp_path, "said.json", {"b": 1, "a": "£"})

    assert (tmp_path / "said.json").read_text("utf-8").rstrip() == '{\n "a": "£",\n "b": 1\n}'
    assert said.size == BLOCK
