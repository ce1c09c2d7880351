"""What a caller is to the person is on record, and no answer differs by it (docs/decisions/0026)."""

import pytest

from adapters.simulators.demo_users import DEMO_USERS
from gateway.access.staff_register import KnownAbout, StaffKeeping
from gateway.audit.words import AuditAction
from gateway.wiring import now
from tests.safety.siege import person_of
from tests.stack import Stack

DOCTOR = DEMO_USERS["ed-consultant"]


async def know(stack: Stack, *known: KnownAbout) -> None:
    key = stack.services.records.access.registry.key
    await StaffKeeping(stack.services.log, now, key).keep(known, "test")


def of(stack: Stack, name: str, user_id: str) -> KnownAbout:
    person = person_of(stack, name)
    line, postcode = person.address_lines[0], person.postcode
    return KnownAbout("RRV", user_id, person.nhs_number, postcode.lower(), line.upper())


async def last_row(stack: Stack) -> dict:
    asked = [row for row in await stack.audit() if row["action"] == AuditAction.ASKED]
    return asked[-1]


@pytest.mark.parametrize(
    ("user_id", "marks"), [(DOCTOR.user_id, "own-record"), ("555057000999", "colleague")]
)
@pytest.mark.parametrize(("name", "status"), [("everything", 200), ("other-practice", 403)])
async def test_a_mark_is_on_record_and_changes_no_answer(stack, name, status, user_id, marks):
    path = f"/fhir/Patient/{stack.patient(name)}/$everything"
    before = await stack.get("ed-consultant", path)
    unmarked = await last_row(stack)

    await know(stack, of(stack, name, user_id))
    after = await stack.get("ed-consultant", path)

    assert before.status_code == after.status_code == status
    assert before.content == after.content
    assert "marks" not in unmarked["details"]
    assert (await last_row(stack))["details"]["marks"] == marks


async def test_neither_number_nor_home_of_staff_is_at_rest(stack):
    known = of(stack, "everything", DOCTOR.user_id)
    await know(stack, known)
    await stack.services.log.aclose()

    files = stack.services.settings.database_url.removeprefix("sqlite:///")
    with open(files, "rb") as database, open(f"{files}-wal", "rb") as log:  # noqa: PTH123, ASYNC230
        kept = database.read() + log.read()
    assert DOCTOR.user_id.encode() in kept
    for secret in (known.nhs_number.digits, known.postcode, known.address_line):
        assert secret.encode() not in kept
