"""DE-01: a canary goes through with every identifier in every element and leaves no trace; what hides one is found."""

import base64
import gzip
import io
from dataclasses import replace
from random import Random

import pyarrow
import pyarrow.parquet
import pytest

from gateway.population.canaries import (
    Canary,
    Identifier,
    Spelling,
    Trace,
    make_canary,
    records_of,
    traces_of,
)
from gateway.population.canary_files import readable
from gateway.population.deidentify import Deidentified, deidentify
from gateway.population.people import people_of
from tests.population.deidentification.grounds import ALLOW_LISTS, KEY, ground
from tests.population.deidentification.weakness import weak_ground

CANARY = make_canary(Random(1))
FULL_WIDTH = {number: number + 0xFEE0 for number in range(33, 127)}
RECORDS = records_of(CANARY, ALLOW_LISTS)


def through(canary: Canary) -> Deidentified:
    records = records_of(canary, ALLOW_LISTS)
    people = people_of(records.split(b"\n")[0], KEY).by_id
    return deidentify(records, ground(people=people))


def found_in(content: bytes, canary: Canary = CANARY) -> set[Trace]:
    return set().union(*(traces_of(canary, part) for part in readable(content)))


@pytest.mark.parametrize("seed", range(20))
def test_de_01_no_canary_leaves_a_trace_in_bytes_or_report(seed):
    canary = make_canary(Random(seed))
    done = through(canary)

    assert sum(done.report.kept.values()) == 3 * len(ALLOW_LISTS) - 2
    assert found_in(done.ndjson + str(done).encode(), canary) == set()


def test_de_01_a_canary_carries_every_identifier_in_every_spelling():
    carried = found_in(RECORDS)

    assert {trace.identifier for trace in carried} == set(Identifier)
    assert {trace.spelling for trace in carried} == set(Spelling)


HIDDEN = {
    "plain": (str, Spelling.PLAIN),
    "capitals": (str.upper, Spelling.PLAIN),
    "spaced": (" ".join, Spelling.PLAIN),
    "dashed": ("-".join, Spelling.PLAIN),
    "full width": (lambda text: text.translate(FULL_WIDTH), Spelling.PLAIN),
    "reversed": (lambda text: text[::-1], Spelling.REVERSED),
    "hex": (lambda text: text.encode().hex().upper(), Spelling.HEX),
    "base64": (lambda text: base64.b64encode(text.encode()).decode(), Spelling.BASE64),
    "base64, one in": (lambda text: base64.b64encode(f"x{text}y".encode()).decode(), Spelling.BASE64),
    "base64, two in": (lambda text: base64.b64encode(f"xy{text}".encode()).decode(), Spelling.BASE64),
}  # fmt: skip


@pytest.mark.parametrize("identifier", list(Identifier))
@pytest.mark.parametrize("way", HIDDEN)
def test_de_01_a_canary_is_found_however_it_is_written(identifier, way):
    hide, spelling = HIDDEN[way]
    hidden = hide(CANARY.identifiers[identifier])

    assert Trace(identifier, spelling) in found_in(f"of {hidden}, yes".encode())


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd"])
def test_de_01_a_canary_is_found_in_a_packed_column(compression):
    numbers = [CANARY.number.digits] * 1_000
    table = pyarrow.table({"person": numbers, "nested": [[{"a": None}]] * 1_000})
    packed = io.BytesIO()
    pyarrow.parquet.write_table(table, packed, compression=compression)

    assert Trace(Identifier.NHS_NUMBER, Spelling.PLAIN) in found_in(packed.getvalue())


def test_de_01_a_canary_is_found_in_the_metadata_of_a_file():
    told = {"made for": CANARY.identifiers[Identifier.NAME]}
    table = pyarrow.table({"count": [1]}).replace_schema_metadata(told)
    packed = io.BytesIO()
    pyarrow.parquet.write_table(table, packed)

    assert {trace.identifier for trace in found_in(packed.getvalue())} == {Identifier.NAME}


def test_de_01_a_canary_is_found_in_a_packed_file():
    assert {trace.identifier for trace in found_in(gzip.compress(RECORDS))} == set(Identifier)


def test_a_canary_is_nobody_else():
    assert found_in(records_of(make_canary(Random(2)), ALLOW_LISTS)) == set()


@pytest.mark.parametrize("element", ["text", "name", "identifier"])
def test_de_01_an_allow_list_that_lets_one_thing_through_is_found_out(element, monkeypatch):
    weak = weak_ground(monkeypatch, element)
    people = people_of(RECORDS.split(b"\n")[0], KEY).by_id

    done = deidentify(RECORDS, replace(weak, people=people))

    assert {trace.identifier for trace in found_in(done.ndjson)} == set(Identifier)
