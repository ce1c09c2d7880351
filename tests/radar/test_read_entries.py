"""What the radar goes by is read out of entries word for word, in order of time."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from gateway.audit.acts import Asked, AskedAct, Decision
from gateway.audit.radar.accesses import Access, accesses_in
from gateway.audit.words import Mark
from tests.audit.balp_events import kept
from tests.store_factories import NOW, WHO, asked, disclosed

LATER = NOW + timedelta(minutes=1)


def test_every_word_of_a_row_a_is_read():
    row = replace(
        asked(1),
        at=LATER,
        act=AskedAct.FIND,
        patient=None,
        decision=Decision.REFUSED,
        reason="no-relationship",
        details={"marks": "colleague same-surname"},
    )

    assert accesses_in([kept(row), kept(disclosed(1, "q"))]) == (
        Access(
            *(UUID(int=1), LATER, "u1", WHO.name, WHO.role, WHO.organisation),
            *(AskedAct.FIND, "TREAT", "q", False, "no-relationship"),
            frozenset({Mark.COLLEAGUE, Mark.SAME_SURNAME}),
        ),
    )


def test_accesses_stand_in_order_of_time_and_then_of_their_decisions():
    def at(number: int, minutes: int) -> Asked:
        return replace(asked(number), at=NOW + timedelta(minutes=minutes))

    found = accesses_in(map(kept, (at(1, 5), at(3, 2), at(2, 2), at(4, 1))))

    assert [each.decision_id.int for each in found] == [4, 2, 3, 1]
    assert [each.marks for each in found] == [frozenset()] * 4


def test_whom_a_look_up_showed_counts_where_it_was_one_person_alone():
    find = replace(asked(1), act=AskedAct.FIND, patient=None)

    for shown, patient in (([], None), (["q"], "q"), (["q", "r"], None), ([None], None)):
        rows = [replace(disclosed(1), patient=each) for each in shown]
        [access] = accesses_in([kept(find), *map(kept, rows), kept(disclosed(2, "z"))])
        assert access.patient == patient
