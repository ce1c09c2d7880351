"""Applications that share their user's session hear of an emergency only where their scopes reach the person."""

from dataclasses import replace
from uuid import UUID

import pytest

from gateway.app_context import AppContext
from gateway.errors import NotFoundError
from gateway.patient.find import Finder
from rbac.types import Purpose
from tests.safety.emergencies import ETREAT, NO_RELATIONSHIP, broken, everything
from tests.stack import Stack

DOCTOR = "ed-consultant"


async def launched_for(stack: Stack, name: str, scope: str = "patient/*.rs") -> Finder:
    """Give the doctor as an application knows them that was launched in the same session of the provider."""
    who = await stack.services.verifier.principal(await stack.token(DOCTOR))
    app = AppContext("an-app", scope, stack.patient(name))
    return Finder(replace(who, app=app), Purpose.ETREAT, "a-request")


async def test_an_application_lists_the_emergency_of_whom_it_was_launched_for(stack: Stack):
    grant = await broken(stack, DOCTOR, NO_RELATIONSHIP)
    finder = await launched_for(stack, NO_RELATIONSHIP)

    [found] = await stack.services.emergencies.own(finder)

    assert str(found.id) == grant["id"]


@pytest.mark.parametrize(
    ("name", "scope"), [("everything", "patient/*.rs"), (NO_RELATIONSHIP, "patient/*.cud")]
)
async def test_an_application_hears_of_nobody_elses_and_ends_none(
    stack: Stack, name: str, scope: str
):
    grant = await broken(stack, DOCTOR, NO_RELATIONSHIP)
    finder = await launched_for(stack, name, scope)

    assert await stack.services.emergencies.own(finder) == ()
    with pytest.raises(NotFoundError):
        await stack.services.emergencies.end(finder, UUID(grant["id"]))
    assert (await everything(stack, DOCTOR, NO_RELATIONSHIP, **ETREAT)).status == 200
