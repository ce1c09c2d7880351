"""What somebody does on the pages is told with the application and the token of their session, like what a program does."""

from tests.api.test_audit_events import OFFICER, PERSON, events, told_as
from tests.audit.balp_rules import profiles_of
from tests.safety.siege import rows
from tests.stack import Stack
from tests.web.visitor import Visitor


async def test_a_view_on_the_pages_is_a_patient_read_by_the_gateways_own_client(stack: Stack):
    visitor = Visitor(stack)
    await visitor.sign_in()
    page = await stack.client.get(f"/patient/{stack.patient(PERSON)}")
    assert page.status_code == 200
    stack.client.cookies.clear()

    event = told_as(await events(stack, user=OFFICER), "disclosed", "view")

    [row] = [each for each in await rows(stack, "asked") if each["act"] == "view"]
    assert row["details"]["client"] == "scr-web"
    assert profiles_of(event) == ["PatientRead", "OAUTHaccessTokenUse.Comprehensive"]
    assert event["agent"][0]["policy"] == [f"urn:ietf:params:oauth:jti:{row['details']['token']}"]
