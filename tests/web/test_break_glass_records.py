"""Emergencies on the pages: ended whole, and on record where the privacy officer looks for them."""

import pytest

from gateway.patient.ids import PatientIds
from tests.safety.siege import rows
from tests.web.test_break_glass_pages import STRANGER, breaks, record_of
from tests.web.visitor import Visitor


@pytest.fixture
async def visitor(stack):
    made = Visitor(stack)
    await made.sign_in()
    return made


async def test_an_emergency_that_was_opened_twice_is_ended_whole(visitor):
    client, person = visitor.stack.client, record_of(visitor.stack)
    await breaks(visitor)
    await breaks(visitor, step="/sensitive")
    await breaks(visitor)

    await visitor.post(f"{person}/emergency/end")

    for address in (f"{person}/emergency", f"{person}/emergency/sensitive"):
        assert (await client.get(address)).status_code == 403
    assert len(await rows(visitor.stack, "emergency-ended")) == 2


async def test_a_reading_by_an_id_under_an_older_key_is_counted_as_any_other(visitor):
    stack, older = visitor.stack, PatientIds([bytes(64)])
    ids = stack.services.ids
    ids._ciphers = (*ids._ciphers, *older._ciphers)
    old_id = older.seal(stack.london.people[STRANGER])
    await breaks(visitor)

    shown = await stack.client.get(f"/patient/{old_id}/emergency")
    stack.client.cookies.clear()
    [alert] = (await stack.get("privacy-officer", "/privacy/alerts")).json()["alerts"]

    assert shown.status_code == 200
    assert old_id not in shown.text
    assert alert["opened"] != {}
