"""Spark, where it is installed, reads newline-delimited FHIR on this machine without changing a value."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.required_parts import missing_for_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MISSING = missing_for_spark()

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(MISSING is not None, reason=MISSING or ""),
    # Spark's own: a gateway process is left to the interpreter's end.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

VALUES = ("1.50", "0.10", "37.0")
LINES = [
    f'{{"resourceType":"Observation","id":"o{number}","valueQuantity":{{"value":{value}}}}}'
    for number, value in enumerate(VALUES)
]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    """One session in one thread of this machine, that listens on loopback alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        from pyspark.sql import SparkSession

        session = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
            .getOrCreate()
        )
        yield session
        session.stop()


@pytest.fixture
def observations(tmp_path: Path) -> str:
    path = tmp_path / "Observation.ndjson"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return str(path)


def test_a_small_newline_delimited_file_is_read_row_by_row(spark, observations):
    rows = [row.value for row in spark.read.text(observations).collect()]

    assert sorted(rows) == LINES
    assert [json.loads(row)["resourceType"] for row in rows] == ["Observation"] * 3


def test_a_decimal_keeps_its_last_zero_when_it_is_read_as_text(spark, observations):
    shape = "id string, valueQuantity struct<value: string>"

    found = spark.read.schema(shape).json(observations).orderBy("id").collect()

    assert tuple(row.valueQuantity.value for row in found) == VALUES
