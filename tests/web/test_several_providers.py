"""Several providers at the sign-in page: each has its own way back, and none can answer for another."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import ECKey

from adapters.simulators import identity_provider
from adapters.simulators.demo_users import DEMO_USERS
from adapters.simulators.identity_provider import IdentitySettings
from gateway.settings import Settings, SettingsError, read_settings
from tests.london import AUDIENCE, PASSWORD, _free_socket, _serving, now
from tests.stack import issuer_at, running_stack
from tests.web.visitor import Visitor

BACK = "http://gateway.test/sign-in/callback/second"


@pytest.fixture(scope="module")
def second():
    """Run a second provider, which knows the same people and signs with a key of its own."""
    listening = _free_socket()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = IdentitySettings(
        issuer=address,
        audience=AUDIENCE,
        signing_key=ECKey.generate_key("P-256"),
        password=PASSWORD,
        users=DEMO_USERS,
        web_clients={"scr-web": frozenset({BACK, "http://gateway.test/sign-in/callback"})},
        machine_clients={},
    )
    with _serving([(identity_provider.create_app(settings, now=now), listening)]):
        yield address


@pytest.fixture
async def stack(london, second, template, tmp_path, compiled):
    rows = [
        {**issuer_at(london.addresses["identity"]), "name": "The first <provider>"},
        {**issuer_at(second), "id": "second", "subjects": "second", "name": "The second"},
    ]
    async with running_stack(london, template, tmp_path, compiled, issuer=rows) as running:
        yield running


async def gone_to(stack, key):
    return (await stack.client.get(f"/sign-in/with/{key}")).headers["location"]


async def test_people_choose_who_knows_them(stack):
    page = (await stack.client.get("/sign-in")).text

    assert re.findall(r'href="(/sign-in/with/[a-z]+)">([^<]+)<', page) == [
        ("/sign-in/with/default", "The first &lt;provider&gt;"),
        ("/sign-in/with/second", "The second"),
    ]


@pytest.mark.parametrize(
    ("key", "back"), [("default", "/callback"), ("second", "/callback/second")]
)
async def test_each_provider_signs_people_in_by_its_own_way_back(stack, second, key, back):
    address = await gone_to(stack, key)
    answer = await Visitor(stack).answer_of_provider(address, "nurse")

    found = await stack.client.get(answer)

    assert urlsplit(answer).path == f"/sign-in{back}"
    assert address.startswith(second) is (key == "second")
    assert (found.status_code, (await stack.audit())[-1]["action"]) == (303, "signed-in")
    assert "Ewa Lis" in (await stack.client.get("/")).text


@pytest.mark.parametrize("key", ["third", "callback", "SECOND"])
async def test_a_provider_that_is_none_of_ours_signs_nobody_in(stack, key):
    assert (await stack.client.get(f"/sign-in/with/{key}")).status_code == 404
    assert (await stack.client.get(f"/sign-in/callback/{key}?code=c&state=s")).status_code == 404


async def answered(stack, begun_at, answering):
    """Begin at one provider, and let another's answer come back to the way of the first."""
    begun = await gone_to(stack, begun_at)
    state = parse_qs(urlsplit(begun).query)["state"][0]
    cookie = stack.client.cookies["sign-in"]
    other = await gone_to(stack, answering)
    answer = await Visitor(stack).answer_of_provider(other, "nurse")
    stack.client.cookies.set("sign-in", cookie, domain="gateway.test", path="/")
    return answer, state


async def refused(stack, address, reason):
    answer = await stack.client.get(address)
    assert (answer.status_code, "session" in stack.client.cookies) == (400, False)
    assert (await stack.audit())[-1]["reason"] == reason


@pytest.mark.parametrize(("begun", "answering"), [("default", "second"), ("second", "default")])
async def test_au_13_the_answer_of_another_provider_begins_no_session(stack, begun, answering):
    answer, _state = await answered(stack, begun, answering)

    await refused(stack, answer, "other-state")


@pytest.mark.parametrize(("begun", "answering"), [("default", "second"), ("second", "default")])
async def test_au_13_au_08_nor_does_it_on_the_way_back_of_the_first(stack, begun, answering):
    answer, state = await answered(stack, begun, answering)
    sent = parse_qs(urlsplit(answer).query)
    way = "/sign-in/callback" + ("" if begun == "default" else f"/{begun}")
    mixed = f"{way}?code={sent['code'][0]}&state={state}"

    await refused(stack, f"{mixed}&iss={sent['iss'][0]}", "other-issuer")
    assert "second" not in stack.tokens


async def test_au_13_a_code_of_another_provider_is_worth_nothing_without_its_name(stack):
    answer, state = await answered(stack, "default", "second")
    code = parse_qs(urlsplit(answer).query)["code"][0]

    await refused(stack, f"/sign-in/callback?code={code}&state={state}", "token-refused")


async def test_au_08_a_provider_that_gives_anothers_access_token_signs_nobody_in(
    london, second, template, tmp_path, compiled
):
    # The second provider's tokens under the first one's name, as a careless set-up might have it.
    mixed = {**issuer_at(london.addresses["identity"]), "token_url": f"{second}/token"}
    mixed["authorize_url"] = f"{second}/authorize"
    rows = [mixed, {**issuer_at(second), "id": "second", "subjects": "second"}]
    async with running_stack(london, template, tmp_path, compiled, issuer=rows) as stack:
        answer = await Visitor(stack).answer_of_provider(await gone_to(stack, "default"), "nurse")
        sent = answer.replace("&iss=", "&error_uri=")

        await refused(stack, sent, "token-refused")


@pytest.mark.parametrize("ids", [(None, None), ("one", "one"), (None, "default")])
def test_providers_with_one_way_back_for_two_stop_the_start(tmp_path, ids):
    rows = "".join(
        f'[[issuer]]\nissuer = "https://{place}.example"\naudience = "a"\njwks_url = "https://j"\n'
        f'client_id = "c"\nsubjects = "of-{place}"\n' + ("" if each is None else f'id = "{each}"\n')
        for place, each in enumerate(ids)
    )
    path = tmp_path / "scr.toml"
    path.write_text(
        'base_url = "https://record.example"\ndatabase_url = "sqlite:///x"\nkey_file = "k"\n'
        '[[source]]\nid = "pds"\nkind = "pds"\nbase_url = "https://pds.example"\n' + rows
    )

    with pytest.raises(SettingsError, match="ids of issuers to sign in with must differ"):
        read_settings(path, {})
    assert "id" in Settings.model_fields["issuer"].annotation.__args__[0].model_fields
