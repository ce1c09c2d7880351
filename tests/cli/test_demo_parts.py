"""The demo's parts say what the whole relies on."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from gateway.access.registry import patient_key
from gateway.demo.deployment import Folder, as_toml, deployment
from gateway.demo.invention import NAMED, Invention, beginning_of_hour
from gateway.demo.registry import Registry
from gateway.demo.running import Demo
from gateway.demo.simulation_process import Orders
from gateway.demo.simulators import Provider, Simulated, identity_app, source_app
from gateway.demo.traffic import users_in
from gateway.demo.welcome import welcome
from gateway.serving import Gateway
from gateway.settings import Settings
from gateway.store.migrate import upgrade
from gateway.store.objections import EVERY_SOURCE
from gateway.store.words import ObjectionExceptions

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = b"k" * 64
ADDRESSES = {kind: f"http://127.0.0.1:{8001 + n}" for n, kind in enumerate(Simulated)}
GATEWAY = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def invention():
    return Invention(1, NAMED, NOON)


def registry_of(invention):
    return Registry(invention.cohort(), KEY, lambda: UUID(int=1))


def settings_in(folder):
    return Settings.model_validate(deployment(Folder(folder), GATEWAY, ADDRESSES))


def test_simulators_started_within_an_hour_agree_on_the_moment():
    assert beginning_of_hour(NOON.replace(minute=59, second=3)) == NOON


def test_orders_arrive_as_they_were_sent_and_do_not_show_the_password(invention):
    orders = Orders(invention, GATEWAY, "open sesame", 8001)

    assert Orders.from_line(orders.to_line()) == orders
    assert "sesame" not in repr(orders)


def test_settings_are_written_as_toml_that_reads_back_the_same():
    document = deployment(Folder(Path("demo")), GATEWAY, ADDRESSES)

    assert tomllib.loads(as_toml(document)) == document


def test_every_practice_of_the_demo_has_an_endpoint_and_an_asid_of_its_own():
    endpoints = deployment(Folder(Path("demo")), GATEWAY, ADDRESSES)["gp_endpoint"]

    assert len({row["asid"] for row in endpoints}) == len(endpoints) == 4
    assert all(row["practice"] in row["base_url"] for row in endpoints)


def test_everybody_known_to_a_team_has_a_row_under_a_keyed_hash(invention):
    number = invention.cohort().showcases["everything"]

    rows = registry_of(invention).relationships()

    known_to = {row.organisation for row in rows if row.patient_key == patient_key(KEY, number)}
    assert known_to == {"RRV", "RRU", "RV3", "702", "VM4G1", "NLO"}
    assert number.digits not in str(rows)


@pytest.mark.parametrize(
    ("who", "source", "exceptions"),
    [
        ("objects-to-gp", "gp", ObjectionExceptions.BREAK_GLASS),
        ("objects-to-all", EVERY_SOURCE, ObjectionExceptions.BREAK_GLASS),
        ("objects-no-exceptions", EVERY_SOURCE, ObjectionExceptions.NONE),
    ],
)
def test_an_objection_names_its_source_and_whether_an_emergency_opens_it(
    invention, who, source, exceptions
):
    hashed = patient_key(KEY, invention.cohort().showcases[who])

    [objection] = [
        each for each in registry_of(invention).objections(NOON) if each.patient_key == hashed
    ]

    assert (objection.source, objection.exceptions) == (source, exceptions)


@pytest.mark.parametrize(
    ("kind", "path", "status"),
    [
        (Simulated.PDS, "/Patient/9000000009", 400),
        (Simulated.GP, "/F84004/STU3/1/gpconnect/structured/fhir/metadata", 400),
        (Simulated.GP_LONDON, "/api/STU3/Patient/$getstructuredrecord", 405),
        (Simulated.HOSPITAL, "/fhir/metadata", 200),
        (Simulated.AMBULANCE, "/fhir/metadata", 200),
    ],
)
async def test_every_source_is_the_strict_one(invention, kind, path, status):
    transport = httpx2.ASGITransport(app=source_app(kind, invention.cohort()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://source.test") as client:
        assert (await client.get(path)).status_code == status


async def test_the_identity_provider_lets_nobody_in_without_the_password(invention):
    app = identity_app(Provider("http://identity.test", GATEWAY, "open sesame"))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://identity.test") as client:
        form = {"grant_type": "password", "username": "gp"}
        wrong = await client.post("/token", data={**form, "password": "guess"})
        right = await client.post("/token", data={**form, "password": "open sesame"})

    assert (wrong.status_code, right.status_code) == (400, 200)
    with pytest.raises(ValueError, match="no source"):
        source_app(Simulated.IDENTITY, invention.cohort())


async def test_staff_of_the_traffic_sign_in_and_are_not_named_on_the_page(invention):
    staff = users_in(invention.cohort())
    app = identity_app(Provider("http://identity.test", GATEWAY, "open sesame", staff=staff))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://identity.test") as client:
        form = {"grant_type": "password", "username": "staff-000", "password": "open sesame"}
        signed_in = await client.post("/token", data=form)
        page = await client.get("/launch")

    assert signed_in.status_code == 200
    assert "staff-000" not in page.text


def test_the_welcome_names_every_address_user_and_the_password(invention):
    of = (invention.cohort(), invention)
    text = welcome(Demo(GATEWAY, ADDRESSES, "open sesame", Folder(Path("d")), *of))

    assert text.startswith("DEMO: invented people")
    assert all(address in text for address in ADDRESSES.values())
    assert "password open sesame" in text
    assert all(f"  {user} " in text for user in ("gp", "paramedic", "planner", "auditor"))


async def test_a_worker_without_an_active_policy_does_not_start(tmp_path, scr):
    scr("keys", "init", tmp_path / "keys.json")
    settings = settings_in(tmp_path)
    upgrade(settings.database_url)

    assert await life_of(Gateway(settings, lambda: None)) == ["lifespan.startup.failed"]


async def life_of(app):
    said = []
    heard = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive():
        return next(heard)

    async def send(message):
        said.append(message["type"])

    await app({"type": "lifespan"}, receive, send)
    return said
