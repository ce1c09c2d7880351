"""The tables of counts are made of the store, through the gate, into the ledger."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.errors import UnavailableError
from gateway.population.counts.asking import Question, answers
from gateway.population.counts.keeping import KeptTable
from gateway.population.gate import Refusal
from gateway.population.ledger import LedgerInMemory
from gateway.population.releases.leaving_out import people_in
from gateway.population.shares import amounts_in
from gateway.population.small_numbers import SUPPRESSED, Rounded
from tests.population.counts.counting import BY_AREA, MEASURES, NOON, later
from tests.population.making.neighbours import HERE, THERE, neighbours
from tests.population.making.stores import places, pseudonym

LIVES = [*neighbours(40), *neighbours(18, start=40, lsoa=THERE)]
FEW = [*neighbours(40), *neighbours(5, start=40, lsoa=THERE)]


def told_of(table, lsoa, kind="gp"):
    area = places().msoa_of[lsoa]
    [found] = answers(table.cohorts, Question({"kind": {kind}, "msoa": {area}}, ()))
    return found.count


async def test_a_measure_is_told_as_the_store_has_it_rounded(counting):
    counting.pulled(LIVES)

    made = await counting.made()

    assert isinstance(made, KeptTable)
    assert (told_of(made, HERE), told_of(made, THERE)) == (Rounded(40), Rounded(20))
    assert made.period == "2025-11/2026-10"
    assert counting.kept.table(BY_AREA, NOON) == made


async def test_decision_09_a_cell_of_five_is_kept_back(counting):
    counting.pulled(FEW)

    made = await counting.made()

    assert (told_of(made, HERE), told_of(made, THERE)) == (Rounded(40), SUPPRESSED)


async def test_every_declared_measure_is_made(counting):
    counting.pulled(LIVES)

    made = await counting.making.make_all(MEASURES)

    assert made.keys() == MEASURES.keys()
    assert [each for each in made.values() if isinstance(each, Refusal)] == []


async def test_every_cell_is_in_the_ledger_once_however_often_it_is_made(counting):
    counting.pulled(LIVES)

    first = await counting.made()
    again = await later(counting, hours=1).made()

    assert isinstance(first, KeptTable)
    named = {each.name for each in counting.ledger.cells}
    assert named >= set(first.told.published)
    assert len(counting.ledger.cells) == len(named)
    assert again.told == first.told


async def test_t09_the_ledger_knows_how_many_contacts_were_whose(counting):
    (visit, *others), busy = LIVES[0].contacts, LIVES[0]
    later_visit = visit._replace(starts_at=visit.starts_at + timedelta(days=1))
    counting.pulled([busy._replace(contacts=(visit, later_visit, *others)), *LIVES[1:]])

    await counting.made()

    cells = [each.cell for each in counting.ledger.cells]
    assert all(sum(amounts_in(each.shares).values()) == each.count for each in cells)
    assert {2, 5} <= {most for each in cells for most in amounts_in(each.shares).values()}


async def test_t09_one_person_more_is_told_as_before(counting):
    counting.pulled(LIVES)
    before = await counting.made()

    counting.pulled([*LIVES, *neighbours(1, start=58, lsoa=HERE)], pull=2)
    after = await later(counting, hours=1).made()

    assert after.told.published == before.told.published


async def test_t20_who_opted_out_is_in_no_cell_that_is_made_from_then_on(counting):
    counting.pulled(LIVES)
    counting.listed(people_in(counting.store) - {pseudonym(each) for each in LIVES[:20]})

    made = await counting.made()

    assert told_of(made, HERE) == Rounded(20)


async def test_t20_who_opted_out_since_is_not_told_by_the_counts_of_before(counting):
    few = [*neighbours(40), *neighbours(8, start=40, lsoa=THERE)]
    counting.pulled(few)
    before = await counting.made()

    counting.listed(people_in(counting.store) - {pseudonym(each) for each in few[44:]})
    after = await later(counting, hours=1).made()

    assert (told_of(before, THERE), told_of(after, THERE)) == (Rounded(10), SUPPRESSED)
    assert told_of(after, HERE) == Rounded(40)


async def test_t20_without_a_list_nothing_is_made_and_nothing_is_remembered(counting):
    counting.pulled(LIVES)
    (counting.folder / "list").unlink()

    made = await counting.made()

    assert made == Refusal(("the national opt-out list: no-national-list",))
    assert counting.ledger.cells == ()


@pytest.mark.parametrize("left", [timedelta(minutes=1), timedelta(days=6)])
async def test_t20_a_table_is_told_no_longer_than_the_list_it_was_made_under_holds(counting, left):
    counting.pulled(LIVES)
    counting.listed(people_in(counting.store), at=NOON + left - timedelta(days=6))
    ends = NOON + left

    await counting.made()

    assert counting.kept.table(BY_AREA, ends - timedelta(seconds=1)).until == ends
    with pytest.raises(UnavailableError):
        counting.kept.table(BY_AREA, ends)


async def test_of_an_empty_store_nothing_is_told(counting):
    counting.listed({"somebody"})

    assert await counting.made() == Refusal(("nothing has been pulled from any source",))


async def test_rows_on_their_way_are_gone_when_a_table_is_made(counting):
    counting.pulled(LIVES)

    await counting.made()

    assert [each.name for each in (counting.folder / "releases").iterdir()] == [".counts"]


async def test_counts_that_the_ledger_has_otherwise_are_refused(counting):
    counting.pulled(LIVES)
    await counting.made()
    counting.ledger.cells = counting.ledger.cells[:-1]

    again = await later(counting, hours=1).made()

    assert again == Refusal(("these counts were told before, of other data",))


class _BrokenLedger(LedgerInMemory):
    def published(self):
        raise OSError("the disk is gone")


async def test_without_the_ledger_nothing_is_told(counting):
    counting.pulled(LIVES)
    ground = replace(counting.making.ground, ledger=_BrokenLedger())
    counting.making = replace(counting.making, ground=ground)

    with pytest.raises(OSError, match="the disk"):
        await counting.made()
    assert not list((counting.folder / "releases").iterdir())


async def test_what_the_gate_refuses_is_not_told(counting):
    counting.pulled(LIVES)
    undeclared = replace(BY_AREA, dataset=replace(BY_AREA.dataset, purpose=""))

    assert isinstance(await counting.made(undeclared), Refusal)
    assert counting.ledger.cells == ()


async def test_de_03_after_the_ledger_was_lost_no_count_is_told(counting):
    counting.pulled(LIVES)
    await counting.made()
    counting.ledger.cells = ()

    again = await later(counting, hours=1).made()

    assert again == Refusal(
        ("the ledger lacks counts that were told: it is another's, or an old copy, or was lost",)
    )
