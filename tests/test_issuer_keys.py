import asyncio
import json

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from gateway.errors import UnavailableError
from gateway.issuer_keys import (
    KEY_SET_BYTES,
    KEYS_LAST,
    KEYS_LAST_WITHOUT_ISSUER,
    REFETCH_PAUSE,
    IssuerKeys,
    key_fetcher,
    usable_keys,
)
from tests.adapters.stub_source import answer, hangs, stub_source
from tests.store_factories import anyio_backend
from tests.tokens import EC, NOW, RSA, Clock, KeySetAt, public

__all__ = ["anyio_backend"]


def usable(*entries):
    return sorted(usable_keys({"keys": list(entries)}))


def test_the_keys_of_a_set_are_found_by_their_ids():
    edwards = OKPKey.generate_key("Ed25519", {"kid": "ed"})

    assert usable(public(EC), public(RSA), public(edwards)) == ["ec", "ed", "rsa"]


@pytest.mark.filterwarnings("ignore:Key size should be")
@pytest.mark.parametrize(("bits", "is_usable"), [(1024, False), (2040, False), (2048, True)])
def test_a_weak_rsa_key_is_left_out(bits, is_usable):
    key = RSAKey.generate_key(bits, {"kid": "r"})

    assert usable(public(key)) == (["r"] if is_usable else [])


def test_a_shared_secret_is_left_out():
    secret = OctKey.import_key(b"s" * 64, {"kid": "oct"})

    assert usable(public(secret), public(EC)) == ["ec"]


@pytest.mark.parametrize(
    "entry",
    [
        None,
        7,
        "ec",
        [],
        {},
        {"kty": "EC", "kid": "x"},
        {"kty": "what", "kid": "x"},
        {"kid": "x"},
        public(EC, kid=""),
        public(EC, kid=None),
        public(EC, kid=["ec"]),
        public(EC, crv="P-999", kid="x"),
        public(EC, x=7, kid="x"),
        public(EC, x="!!", kid="x"),
        public(RSA, n="", kid="x"),
    ],
)
def test_an_entry_that_is_no_named_key_is_left_out(entry):
    assert usable(entry, public(RSA)) == ["rsa"]


@pytest.mark.parametrize("copies", [2, 3])
def test_an_id_that_stands_for_two_keys_stands_for_none(copies):
    others = [ECKey.generate_key("P-256", {"kid": "twice"}) for _copy in range(copies)]

    assert usable(*map(public, others), public(EC)) == ["ec"]


def test_an_id_that_stands_for_a_key_and_for_something_unusable_stands_for_none():
    broken = {"kty": "oct", "kid": "ec", "k": "A" * 86}

    assert usable(broken, public(EC)) == []
    assert usable(public(EC), broken) == []


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": {"ec": 1}}, {"keys": "ec"}])
def test_a_document_without_a_list_of_keys_holds_none(document):
    assert usable_keys(document) == {}


@pytest.fixture
def clock():
    return Clock()


async def test_keys_are_fetched_when_first_needed_and_kept(clock):
    fetch = KeySetAt(EC)
    keys = IssuerKeys(fetch, clock)
    assert fetch.fetched == 0

    found = [await keys.find("ec") for _time in range(3)]

    assert found[0] is found[2]
    assert (found[0].kid, fetch.fetched) == ("ec", 1)


async def test_a_thousand_unknown_ids_are_one_call_a_minute(clock):
    fetch = KeySetAt(EC)
    keys = IssuerKeys(fetch, clock)

    for number in range(1000):
        assert await keys.find(f"unknown-{number}") is None
    assert fetch.fetched == 1
    clock.now = NOW + REFETCH_PAUSE

    await keys.find("unknown")

    assert fetch.fetched == 2


@pytest.mark.parametrize(("passed", "fetched"), [(KEYS_LAST.total_seconds(), 1), (300.001, 2)])
async def test_keys_are_fetched_again_after_five_minutes(clock, passed, fetched):
    fetch = KeySetAt(EC)
    keys = IssuerKeys(fetch, clock)
    await keys.find("ec")

    clock.passes(seconds=passed)
    await keys.find("ec")

    assert fetch.fetched == fetched


async def test_a_withdrawn_key_is_gone_with_the_next_fetch(clock):
    fetch = KeySetAt(EC, RSA)
    keys = IssuerKeys(fetch, clock)
    await keys.find("ec")
    fetch.document = {"keys": [public(RSA)]}
    clock.passes(seconds=301)

    assert await keys.find("ec") is None
    assert await keys.find("rsa") is not None


async def test_the_last_good_keys_stand_for_a_day_without_the_issuer(clock):
    fetch = KeySetAt(EC)
    keys = IssuerKeys(fetch, clock)
    await keys.find("ec")
    fetch.document = None
    clock.now = NOW + KEYS_LAST_WITHOUT_ISSUER

    assert (await keys.find("ec")).kid == "ec"
    clock.passes(seconds=1)

    with pytest.raises(UnavailableError):
        await keys.find("ec")


async def test_a_set_that_became_empty_takes_every_key_away(clock):
    fetch = KeySetAt(EC)
    keys = IssuerKeys(fetch, clock)
    await keys.find("ec")
    fetch.document = {"keys": []}
    clock.passes(seconds=301)

    assert await keys.find("ec") is None


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": {"ec": 1}}])
async def test_a_document_that_is_no_set_takes_no_key_away(clock, document):
    fetch = KeySetAt(EC)
    keys = IssuerKeys(fetch, clock)
    await keys.find("ec")
    fetch.document = document
    clock.passes(seconds=301)

    assert await keys.find("ec") is not None


async def test_an_issuer_that_never_answered_is_asked_once_a_minute(clock):
    fetch = KeySetAt()
    fetch.document = None
    keys = IssuerKeys(fetch, clock)

    for seconds in (0, 30, 29, 1):
        clock.passes(seconds=seconds)
        with pytest.raises(UnavailableError):
            await keys.find("ec")

    assert fetch.fetched == 2


async def test_callers_who_come_while_the_issuer_is_asked_wait_for_its_answer(clock):
    fetch, may_answer = KeySetAt(EC), asyncio.Event()

    async def slowly():
        await may_answer.wait()
        return await fetch()

    keys = IssuerKeys(slowly, clock)
    callers = [asyncio.ensure_future(keys.find("ec")) for _caller in range(5)]
    await asyncio.sleep(0)
    may_answer.set()

    found = await asyncio.gather(*callers)

    assert [key.kid for key in found] == ["ec"] * 5
    assert fetch.fetched == 1


async def test_many_first_checks_at_once_are_one_fetch_and_all_end():
    async with stub_source(answer({"keys": [public(EC)]}, content_type="application/json")) as stub:
        keys = IssuerKeys(key_fetcher(f"{stub.url}/jwks"), Clock())
        wanted = [*["ec"] * 400, *(f"unknown-{number}" for number in range(100))]

        async with asyncio.timeout(10):
            found = await asyncio.gather(*map(keys.find, wanted))

    assert [key and key.kid for key in found] == ["ec"] * 400 + [None] * 100
    assert len(stub.asked) == 1


async def test_many_first_checks_at_once_all_end_when_the_issuer_fails(clock):
    async def failing():
        failing.asked += 1
        await asyncio.sleep(0)
        raise UnavailableError("The identity provider's keys cannot be read.")

    failing.asked = 0
    keys = IssuerKeys(failing, clock)

    async with asyncio.timeout(10):
        found = await asyncio.gather(
            *(keys.find("ec") for _caller in range(500)), return_exceptions=True
        )

    assert {type(each) for each in found} == {UnavailableError}
    assert failing.asked == 1


async def test_a_caller_who_leaves_does_not_take_the_answer_from_the_others(clock):
    fetch, is_asked, may_answer = KeySetAt(EC), asyncio.Event(), asyncio.Event()

    async def slowly():
        is_asked.set()
        await may_answer.wait()
        return await fetch()

    keys = IssuerKeys(slowly, clock)
    first, *others = [asyncio.ensure_future(keys.find("ec")) for _caller in range(50)]
    await is_asked.wait()
    first.cancel()
    await asyncio.wait([first])
    may_answer.set()

    found = await asyncio.gather(*others)

    assert first.cancelled()
    assert [key.kid for key in found] == ["ec"] * 49
    assert fetch.fetched == 1


async def test_a_key_set_is_fetched_over_http():
    async with stub_source(answer({"keys": [public(EC)]}, content_type="application/json")) as stub:
        document = await key_fetcher(f"{stub.url}/jwks")()

    assert list(usable_keys(document)) == ["ec"]
    assert stub.paths == ["/fhir/jwks"]


@pytest.mark.parametrize(
    "behaviour",
    [
        answer({"keys": []}, status=500),
        answer({"keys": []}, status=404),
        answer({"keys": []}, status=302, location="http://127.0.0.1:1/"),
        answer(b"<html>"),
        answer(b"[" * 100_000),
        answer(b"\xff"),
        answer([]),
        answer(json.dumps("keys").encode()),
        answer(b" " * (KEY_SET_BYTES + 1)),
    ],
    ids=["500", "404", "redirect", "html", "deep", "not-utf-8", "list", "string", "too-large"],
)
async def test_an_issuer_that_does_not_give_a_key_set_gives_nothing(behaviour):
    async with stub_source(behaviour) as stub:
        with pytest.raises(UnavailableError):
            await key_fetcher(f"{stub.url}/jwks")()

    assert len(stub.asked) == 1


async def test_an_issuer_that_does_not_answer_gives_nothing(monkeypatch):
    monkeypatch.setattr("gateway.issuer_keys.FETCH_SECONDS", 0.1)

    async with stub_source(hangs) as stub:
        with pytest.raises(UnavailableError):
            await key_fetcher(f"{stub.url}/jwks")()
