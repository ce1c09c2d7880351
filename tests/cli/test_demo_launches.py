"""The demo's provider looks people up at the gateway as an application of the user's would."""

from joserfc.jwk import KeySet

from adapters.simulators.launching import finds_nobody
from gateway.demo.deployment import Folder
from gateway.demo.preparation import public_client_keys
from gateway.demo.simulators import Provider, identity_app
from gateway.demo.smart import (
    KEYED_APP,
    PUBLIC_APP,
    SCOPES,
    SETTINGS,
    SYSTEM_SCOPES,
    demo_apps,
    patient_finder,
)
from gateway.smart_settings import SmartSettings
from tests.clients.serving import served
from tests.stack import Stack
from tests.stack_fixtures import compiled, stack

__all__ = ["compiled", "stack"]

PERSON = "everything"


async def test_a_person_is_found_as_the_user_may_find_people(stack: Stack):
    numbers = (stack.london.people[PERSON].digits, "9990000019", "x")

    async with served(stack) as address:
        find = patient_finder(address)
        found = [await find(await stack.token("gp"), each) for each in numbers]
        refused = await find(await stack.token("planner"), numbers[0])

    assert found == [stack.patient(PERSON), None, None]
    assert refused is None


async def test_nobody_is_found_where_no_gateway_answers():
    assert await patient_finder("http://127.0.0.1:9")("a-token", "9990000018") is None
    assert await finds_nobody("a-token", "9990000018") is None


def test_the_demos_clients_keep_their_keys_from_run_to_run(tmp_path):
    folder = Folder(tmp_path)

    first, again = public_client_keys(folder), public_client_keys(folder)

    assert first == again
    assert {each["alg"] for each in first["keys"]} == {"ES384", "RS384"}
    assert not any({"d", "p", "q"} & each.keys() for each in first["keys"])
    assert (tmp_path / "client-keys.json").stat().st_mode & 0o077 == 0


def test_the_demo_describes_its_provider_in_the_words_of_settings():
    described = SmartSettings.model_validate(SETTINGS)

    apps = demo_apps(KeySet([]))
    assert set(described.scopes) == {*SCOPES, *SYSTEM_SCOPES}
    assert all(app.scopes == {*SCOPES} for app in apps.values())
    assert (apps[PUBLIC_APP].public_keys, apps[KEYED_APP].public_keys is None) == (None, False)
    assert identity_app(Provider("http://127.0.0.1:1", "http://127.0.0.1:2", "x")) is not None
