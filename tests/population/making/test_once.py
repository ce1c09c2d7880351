"""An attempt at a release passes the ledger as it did at first, and is written down once; a later one is judged anew."""

import fcntl
from dataclasses import replace

import pytest

from gateway.population.contents.once import (
    AnotherReleaseError,
    OnceInLedger,
    fingerprint_of,
    once_in_ledger,
)
from gateway.population.gate import Refusal
from gateway.population.given import Given
from gateway.population.ledger import Attempt, LedgerFile, LedgerInMemory, PublishedCell
from gateway.population.tables import CellName, CellNow
from tests.population.releases.small_store import order_of

ANOTHER_KEY = (
    "the ledger knows people under another key of the store: nothing can be compared with it"
)


def cell(release: str, count: int = 9, attempt: Attempt = Attempt(), under: str = "u"):  # noqa: B008 - frozen
    now = CellNow(count, frozenset(range(count)), 100)
    name = CellName.of("assaults", {"area": "E1"})
    return PublishedCell(release, name, "10", now, attempt, under)


def once_in(ledger, release="r1", attempt: Attempt = Attempt()) -> OnceInLedger:  # noqa: B008 - frozen
    return OnceInLedger(ledger, tuple(ledger.published()), release, attempt, "u")


def test_a_release_sees_what_was_published_before_it_and_what_it_said_itself():
    once = once_in(LedgerInMemory((cell("r0"), cell("r1"), cell("r2"))))
    once.remember([cell("r1", 12)])

    assert list(once.published()) == [cell("r0"), cell("r1", 12)]


def test_a_later_attempt_sees_all_that_others_published_and_nothing_of_its_release():
    earlier = (cell("r0"), cell("r1"), cell("r2"))

    once = once_in(LedgerInMemory(earlier), attempt=Attempt(2))

    assert list(once.published()) == [cell("r0"), cell("r2")]


def test_nothing_is_written_before_all_is_settled():
    ledger = LedgerInMemory()
    once = once_in(ledger)
    once.remember([cell("r1")])
    assert ledger.cells == ()

    once.settle()

    assert ledger.cells == (cell("r1"),)


def test_the_same_attempt_is_written_once_in_a_file_too(tmp_path):
    ledger = LedgerFile(tmp_path / "ledger")
    for _run in range(2):
        once = once_in(ledger)
        once.remember([cell("r1")])
        once.settle()

    assert list(ledger.published()) == [cell("r1")]


def test_a_later_attempt_is_written_beside_the_one_before_it_of_whomever_it_is():
    ledger, again = LedgerInMemory((cell("r1"),)), Attempt(0, 1)
    once = once_in(ledger, attempt=again)
    once.remember([cell("r1", 12)])

    once.settle()

    assert ledger.cells == (cell("r1"), cell("r1", 12, again))


@pytest.mark.parametrize("written", [Attempt(2), Attempt(2, 1), Attempt(3)])
def test_an_attempt_that_was_written_otherwise_or_is_out_of_date_is_refused(written):
    once = once_in(LedgerInMemory((cell("r1", attempt=written),)), attempt=Attempt(2))
    once.remember([cell("r1", 12)])

    with pytest.raises(AnotherReleaseError):
        once.settle()


def test_what_one_release_sees_of_the_ledger_keeps_the_others_from_it_too(tmp_path):
    once = once_in(LedgerFile(tmp_path / "ledger"))

    with (tmp_path / "ledger.lock").open("w") as another, once.alone():
        with pytest.raises(BlockingIOError):
            fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert list(once.published()) == []


def test_t09_a_ledger_of_people_under_another_key_refuses_every_release(tmp_path):
    order = order_of(tmp_path)
    once = once_in_ledger(order)
    once.remember([cell("r0", 42)])
    once.settle()

    assert isinstance(once_in_ledger(order), OnceInLedger)
    assert once_in_ledger(replace(order, ledger_key=b"m" * 32)) == Refusal((ANOTHER_KEY,))


def test_t22_the_ledger_names_its_key_and_does_not_hold_it(tmp_path):
    ledger = LedgerFile(tmp_path / "ledger")
    once = once_in_ledger(replace(order_of(tmp_path), ledger=ledger))
    once.remember([cell("r0")])
    once.settle()

    kept = ledger.path.read_text()
    assert fingerprint_of(b"l" * 32) in kept
    assert not any(each in kept for each in ("l" * 32, (b"l" * 32).hex()))


def test_a_ledger_that_is_not_whole_refuses_every_release(tmp_path):
    (path := tmp_path / "ledger").write_text('[["half": ')

    refused = once_in_ledger(replace(order_of(tmp_path), ledger=LedgerFile(path)))

    assert refused.reasons == (
        "the ledger has a line that is not whole: what it held is not known",
    )


@pytest.mark.parametrize("given", [Given(frozenset({"r1", "r2"})), Given(counts=True)])
def test_de_03_a_ledger_that_lacks_what_was_published_refuses_every_release(tmp_path, given):
    order = order_of(tmp_path)
    order.ledger.remember([cell("r1", under=fingerprint_of(order.ledger_key))])

    assert isinstance(once_in_ledger(replace(order, given=given)), Refusal)
    assert isinstance(once_in_ledger(order), OnceInLedger)
