"""What machines asked for is kept whole, for its time, and for no more of them than one client has under way."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from gateway.population.releases.exports import (
    EXPORT_LASTS,
    EXPORTS_AT_MOST,
    Export,
    ExportKind,
    Exports,
)
from tests.store_factories import NOW


def export(number: int = 1, **changes) -> Export:
    usual = {
        "id": UUID(int=number),
        "kind": ExportKind.BULK,
        "client": "a",
        "user_id": "u",
        "project": "p",
        "release": UUID(int=99),
        "request": "http://gateway.test/fhir/$export",
        "begun_at": NOW + timedelta(seconds=number),
        "outputs": (("Rows", "rows.ndjson"),),
        "since": NOW,
    }
    return Export(**{**usual, **changes})


@pytest.fixture
def exports(tmp_path) -> Exports:
    return Exports(tmp_path / "releases")


def test_an_export_is_found_as_it_was_kept(exports):
    exports.keep(export())

    assert exports.find(export().id, NOW) == export()
    assert exports.find(UUID(int=2), NOW) is None


@pytest.mark.parametrize(
    ("after", "is_there"), [(-timedelta(seconds=1), True), (timedelta(), False)]
)
def test_de_06_an_export_is_there_until_it_is_over(exports, after, is_there):
    exports.keep(export())

    found = exports.find(export().id, export().begun_at + EXPORT_LASTS + after)

    assert (found is not None) is is_there


def test_an_export_that_was_ended_is_not_found_and_may_be_ended_again(exports):
    exports.keep(export())

    exports.end(export().id)
    exports.end(export().id)

    assert exports.find(export().id, NOW) is None


def test_the_oldest_export_of_a_client_makes_room_and_nobody_elses_does(exports):
    exports.keep(export(1_000, client="b", begun_at=NOW))
    for number in range(1, EXPORTS_AT_MOST + 2):
        exports.keep(export(number))

    kept = {each for each in range(1, 1_001) if exports.find(UUID(int=each), NOW)}
    assert kept == {*range(2, EXPORTS_AT_MOST + 2), 1_000}


def test_what_is_over_is_removed_when_another_is_kept(exports):
    exports.keep(export(1, client="b"))

    exports.keep(export(2, begun_at=NOW + EXPORT_LASTS + timedelta(minutes=1)))

    assert len(list((exports.releases / ".exports").iterdir())) == 1


def test_what_is_over_is_swept_and_what_is_not_stays(exports):
    exports.keep(export(1, client="b"))
    exports.keep(export(2))

    exports.sweep(export(1).expires_at)

    assert exports.find(UUID(int=1), NOW) is None
    assert exports.find(UUID(int=2), NOW) == export(2)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"id": 1}', msgspec.json.encode(["an export"])])
def test_what_is_no_export_is_found_by_nobody(exports, content):
    exports.keep(export())
    [path] = (exports.releases / ".exports").iterdir()

    path.write_bytes(content)

    assert exports.find(export().id, NOW) is None
    exports.keep(export(2))
