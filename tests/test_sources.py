import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from adapters.contract import SourceRequest, Stage
from adapters.demographics import PdsAdapter
from adapters.fhir_r4 import FhirR4Adapter
from adapters.gp_connect import GpConnectAdapter
from adapters.gp_london import GpLondonAdapter
from adapters.source_clients import Surroundings
from adapters.source_config import DEADLINE_SECONDS, Auth, AuthKind, SourceConfigError, TlsFiles
from fhir_profiles.vocabulary import Category
from gateway.patient.directory import Pilot
from gateway.settings import Settings, SourceSettings
from gateway.sources import config_of, open_sources, pilot_of
from tests.adapters.gp_practice import CALLER
from tests.adapters.stub_source import answer, stub_source
from tests.patient.factories import NUMBER
from tests.store_factories import anyio_backend

__all__ = ["anyio_backend"]

SURROUNDINGS = Surroundings(
    lambda: datetime(2026, 3, 2, tzinfo=UTC), lambda: UUID(int=1), lambda: 0.0
)


def source(**members):
    return SourceSettings.model_validate(
        {"id": "x", "kind": "fhir-r4", "base_url": "https://x.example/fhir", **members}
    )


def settings(*sources):
    return Settings.model_validate(
        {
            "base_url": "https://record.example",
            "database_url": "sqlite:///x",
            "key_file": "x",
            "source": [{"id": "p", "kind": "pds", "base_url": "https://pds.example"}, *sources],
            "gp_endpoint": [
                {"practice": "F84004", "base_url": "https://gp.example/a", "asid": "2" * 12}
            ],
            "organisation": [
                {"code": "RRV", "kind": "trust", "name": "UCLH", "asid": "1" * 12},
                {"code": "RRU", "kind": "ambulance", "name": "LAS"},
            ],
        }
    )


GP = {"id": "gp", "kind": "gp-connect", "base_url": "https://gp.example", "stage": "pilot"}
HOSPITAL = {
    "id": "h",
    "kind": "fhir-r4",
    "base_url": "https://h.example/fhir",
    "organisation": "RRV",
}
AMBULANCE = {
    "id": "a",
    "kind": "ambulance-r4",
    "base_url": "https://a.example/fhir",
    "organisation": "RRU",
    "stage": "safety",
}


@pytest.fixture
async def opened():
    sources = open_sources(settings(GP, HOSPITAL, AMBULANCE), SURROUNDINGS)
    yield sources
    await sources.aclose()


async def test_every_configured_source_but_pds_is_in_the_directory_in_order(opened):
    known = opened.directory.sources

    assert [(each.source_id, each.organisation, each.stage) for each in known] == [
        ("gp", None, Stage.PILOT),
        ("h", "RRV", Stage.OPEN),
        ("a", "RRU", Stage.SAFETY),
    ]
    assert isinstance(opened.demographics, PdsAdapter)
    assert opened.demographics.source_id == "p"


@pytest.mark.parametrize(
    ("named", "pilot"),
    [
        ({}, Pilot()),
        ({"pilot_roles": ["gp"]}, Pilot(frozenset({"gp"}), None)),
        ({"pilot_organisations": ["RRV"]}, Pilot(None, frozenset({"RRV"}))),
    ],
)
def test_a_pilot_is_for_whom_the_settings_name(named, pilot):
    assert pilot_of(source(stage="pilot", **named)) == pilot


async def test_a_pilot_counts_where_the_source_is_asked():
    sources = open_sources(settings({**GP, "pilot_roles": ["gp"]}), SURROUNDINGS)

    assert sources.directory.sources[0].pilot == Pilot(frozenset({"gp"}))
    await sources.aclose()


async def test_a_source_is_asked_by_the_adapter_of_its_kind(opened):
    gp, hospital, ambulance = opened.directory.sources

    assert isinstance(gp.adapter_for("F84004"), GpConnectAdapter)
    assert isinstance(hospital.adapter_for(None), FhirR4Adapter)
    assert [each.adapter_for("F84004").source_id for each in (gp, hospital, ambulance)] == [
        "gp",
        "h",
        "a",
    ]
    assert hospital.adapter_for("F84004") is hospital.adapter_for(None)
    assert hospital.adapter_for(None) is not ambulance.adapter_for(None)


async def test_a_practice_that_is_not_listed_fails_and_calls_nobody(opened):
    adapter = opened.directory.by_id()["gp"].adapter_for("Z99999")

    assert not isinstance(adapter, GpConnectAdapter)


async def test_londons_service_is_asked_for_everybody_and_is_no_organisations_own():
    london = {"id": "gl", "kind": "gp-london", "base_url": "https://gl.example/api/STU3"}
    sources = open_sources(settings(london), SURROUNDINGS)
    [known] = sources.directory.sources

    assert isinstance(known.adapter_for("F84004"), GpLondonAdapter)
    assert known.adapter_for("F84004") is known.adapter_for(None)
    assert known.written_by("F84004") == "F84004"
    assert known.supplies == set(Category)
    assert sources.contacts == {}
    await sources.aclose()


async def test_a_record_source_can_hold_what_only_its_codes_tell_it_to_be(opened):
    gp, hospital, _ambulance = opened.directory.sources

    assert {Category.END_OF_LIFE, Category.SOCIAL_CARE} <= gp.supplies
    assert hospital.supplies == set(Category)


async def test_an_organisations_own_source_is_probed_for_contacts(opened):
    hospital = opened.directory.by_id()["h"]

    assert opened.contacts.keys() == {"RRV", "RRU"}
    assert opened.contacts["RRV"] is hospital.adapter_for(None)


async def test_a_source_of_no_organisation_is_not_probed():
    sources = open_sources(settings({**HOSPITAL, "organisation": None}), SURROUNDINGS)

    assert sources.contacts == {}
    await sources.aclose()


async def test_closing_closes_every_connection():
    nothing = {"resourceType": "Bundle", "type": "searchset", "entry": []}
    async with stub_source(answer(nothing)) as stub:
        sources = open_sources(settings(GP, {**HOSPITAL, "base_url": stub.url}), SURROUNDINGS)
        await sources.contacts["RRV"].contacts(NUMBER)
        assert not stub.hung_up.is_set()

        await sources.aclose()

        await asyncio.wait_for(stub.hung_up.wait(), 10)
    assert len(sources.closers) == 3


@pytest.mark.parametrize("kind", ["gp-connect", "gp-london", "fhir-r4", "ambulance-r4", "pds"])
def test_a_deadline_that_is_not_set_is_that_of_the_kind(kind):
    given = config_of(source(kind=kind))

    assert given.deadline_seconds == DEADLINE_SECONDS[given.dialect]
    assert config_of(source(kind=kind, deadline_seconds=1.5)).deadline_seconds == 1.5


def test_a_source_is_configured_as_its_settings_say():
    config = config_of(source(stage="safety", organisation="RRV"))

    assert (config.id, config.base_url, config.organisation) == (
        "x",
        "https://x.example/fhir",
        "RRV",
    )
    assert (config.stage, config.auth, config.tls) == (Stage.SAFETY, Auth(), TlsFiles())
    assert config_of(source(), "https://practice.example").base_url == "https://practice.example"
    assert config_of(source()).organisation == ""


TOKEN = {"client_id": "me", "token_url": "https://t.example", "secret": "s3cret"}


@pytest.mark.parametrize(
    ("kind", "secret", "private_key"),
    [
        ("bearer", "s3cret", ""),
        ("client-credentials", "s3cret", ""),
        ("private-key-jwt", "", "s3cret"),
    ],
)
def test_a_secret_is_a_key_where_the_kind_signs_with_it(kind, secret, private_key):
    auth = config_of(source(auth={"kind": kind, **TOKEN})).auth

    assert (auth.kind, auth.client_id, auth.token_url) == (AuthKind(kind), "me", TOKEN["token_url"])
    assert (auth.secret, auth.private_key) == (secret, private_key)


def test_a_scope_is_asked_for_where_one_is_configured():
    asking = {"kind": "client-credentials", **TOKEN}

    assert config_of(source(auth=asking)).auth.scope == ""
    assert config_of(source(auth={**asking, "scope": "api://x/.default"})).auth.scope == (
        "api://x/.default"
    )


def test_our_certificate_is_shown_where_it_is_configured():
    files = {"certificate_file": "c.pem", "private_key_file": "k.pem"}

    config = config_of(source(auth={"kind": "mtls", **files}))

    assert config.tls == TlsFiles(client_certificate=Path("c.pem"), client_key=Path("k.pem"))


def test_credentials_are_not_sent_in_clear_to_another_machine():
    with pytest.raises(SourceConfigError):
        config_of(source(base_url="http://x.example", auth={"kind": "bearer", **TOKEN}))


async def test_practices_are_reached_through_the_spine_proxy_where_there_is_one():
    """The proxy takes the practice's whole address after its own (GP Connect, Spine integration)."""
    request = SourceRequest(NUMBER, CALLER, frozenset(Category), UUID(int=9))
    async with stub_source(answer({}, status=503)) as stub:
        chosen = settings(GP).model_copy(update={"spine_proxy": stub.url})
        sources = open_sources(chosen, SURROUNDINGS)

        given = await sources.directory.by_id()["gp"].adapter_for("F84004").ask(request)
        await sources.aclose()

    [asked] = stub.asked
    assert asked.path == "/fhir/https://gp.example/a/Patient/$gpc.getstructuredrecord"
    assert given.http_status == 503
