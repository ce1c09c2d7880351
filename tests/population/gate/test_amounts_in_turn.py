"""Contacts and costs, one release after another: no difference tells what one person had (T9, T13)."""

import pytest

from gateway.population.ledger import LedgerInMemory
from gateway.population.shares import shares_of
from gateway.population.tables import CellNow, CountTable
from tests.population.gate.samples import released

EVEN = dict.fromkeys(range(200), 500)
SPENDERS_GONE_DEAR = {**EVEN, 3: 90_000}
MANY_DEARER = {**EVEN, **dict.fromkeys(range(40), 900)}


def contacts(amounts: dict[int, int], period: str = "2025") -> CountTable:
    cells = {("E1",): CellNow.of(shares_of(amounts), 1_000)}
    return CountTable("contacts", {"period": period}, ("area",), cells)


def costs(amounts: dict[int, int], period: str = "2025") -> CountTable:
    cells = {("P1",): CellNow.of(shares_of(amounts), 1_000, are_costs=True)}
    return CountTable("cost", {"period": period}, ("practice",), cells, rounded_to=1_000)


def told(*tables: CountTable) -> list[str]:
    """Release tables one after the other, and give what is told of the one cell of each."""
    ledger = LedgerInMemory()
    return [
        next(iter(released(ledger, table, release=f"r{turn}").values()))
        for turn, table in enumerate(tables)
    ]


@pytest.mark.parametrize("period", ["2025", "2026"])
def test_t09_a_hundred_more_contacts_of_one_person_are_not_told(period: str):
    before = dict.fromkeys(range(20), 2)

    assert told(contacts(before), contacts({**before, 3: 102}, period)) == ["40", "40"]


@pytest.mark.parametrize("period", ["2025", "2026"])
@pytest.mark.parametrize("idle", [0, 8])
def test_t13_one_late_admission_is_not_told_by_two_costs(period: str, idle: int):
    """Newcomers who cost nothing hide nobody."""
    now = SPENDERS_GONE_DEAR | dict.fromkeys(range(500, 500 + idle), 0)

    assert told(costs(EVEN), costs(now, period)) == ["100000", "100000"]


def test_t13_one_late_admission_among_many_small_changes_is_not_told():
    small = {who: amount + 1 for who, amount in EVEN.items()}

    assert told(costs(EVEN), costs({**small, 3: 90_000})) == ["100000", "100000"]


def test_costs_and_contacts_of_which_many_changed_are_told_anew():
    assert told(costs(EVEN), costs(MANY_DEARER, "2026")) == ["100000", "116000"]
    twice, thrice = dict.fromkeys(range(20), 2), dict.fromkeys(range(20), 3)
    assert told(contacts(twice), contacts(thrice, "2026")) == ["40", "60"]


def test_t09_of_a_few_who_changed_it_is_told_what_they_had():
    """Eight have gone, and are seen to; three have more, and are not."""
    before = dict.fromkeys(range(40), 2)
    now = dict.fromkeys(range(8, 40), 2) | dict.fromkeys(range(100, 103), 50)

    assert told(contacts(before), contacts(now)) == ["80", "65"]


def test_t13_three_who_cost_anything_among_two_hundred_heads_are_kept_back():
    assert told(costs(dict.fromkeys(range(200), 0) | dict.fromkeys(range(3), 20_000))) == ["*"]


@pytest.mark.parametrize(("most", "is_told"), [(300, "*"), (100, "*"), (60, "65"), (1, "10")])
def test_t13_contacts_that_are_mostly_one_persons_are_kept_back(most: int, is_told: str):
    assert told(contacts({**dict.fromkeys(range(1, 8), 1), 0: most})) == [is_told]


def test_t12_contacts_that_are_mostly_one_persons_are_not_told_by_a_total():
    dear = CellNow.of(shares_of({**dict.fromkeys(range(1, 8), 1), 0: 300}), 1_000)
    even = CellNow.of(shares_of(dict.fromkeys(range(20, 60), 2)), 1_000)
    cells = {("E1",): dear, ("E2",): even}
    table = CountTable("contacts", {"period": "2025"}, ("area",), cells, ((),))

    found = released(LedgerInMemory(), table)

    assert found["E1"] == "*"
    assert "*" in (found["E2"], found["whole"])


def test_t09_a_gate_that_saw_people_alone_would_tell_them(monkeypatch):
    """The weakness: whoever is there before and after has not changed, however much they had."""
    monkeypatch.setattr(CellNow, "shares", property(lambda cell: cell.members))
    now = SPENDERS_GONE_DEAR | dict.fromkeys(range(500, 508), 1)

    assert told(costs(EVEN), costs(now)) != ["100000", "100000"]
