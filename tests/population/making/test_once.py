"""A release that is made again passes the ledger as it did at first, and is written down once."""

import pytest

from gateway.population.contents.once import AnotherReleaseError, OnceInLedger
from gateway.population.ledger import LedgerFile, LedgerInMemory, PublishedCell
from gateway.population.tables import CellName, CellNow


def cell(release: str, count: int = 9) -> PublishedCell:
    now = CellNow(count, frozenset(range(count)), 100)
    return PublishedCell(release, CellName.of("assaults", {"area": "E1"}), "10", now)


def test_a_release_sees_what_was_published_before_it_and_what_it_said_itself():
    ledger = LedgerInMemory((cell("r0"), cell("r1"), cell("r2")))
    once = OnceInLedger(ledger, "r1")
    once.remember([cell("r1", 12)])

    assert list(once.published()) == [cell("r0"), cell("r1", 12)]


def test_nothing_is_written_before_all_is_settled():
    ledger = LedgerInMemory()
    once = OnceInLedger(ledger, "r1")
    once.remember([cell("r1")])
    assert ledger.cells == ()

    once.settle()

    assert ledger.cells == (cell("r1"),)


def test_the_same_release_is_written_once_in_a_file_too(tmp_path):
    ledger = LedgerFile(tmp_path / "ledger")
    for _run in range(2):
        once = OnceInLedger(ledger, "r1")
        once.remember([cell("r1")])
        once.settle()

    assert list(ledger.published()) == [cell("r1")]


def test_a_release_of_the_same_name_that_says_something_else_is_refused():
    once = OnceInLedger(LedgerInMemory((cell("r1"),)), "r1")
    once.remember([cell("r1", 12)])

    with pytest.raises(AnotherReleaseError):
        once.settle()
