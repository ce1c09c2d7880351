"""Run the gateway against the simulated London: its own database for every test, real HTTP to sources."""

import shutil
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import orjson

from adapters.simulators.demo_users import DEMO_USERS
from adapters.simulators.truth import Person
from gateway.access.agreement_registry import AgreementRegistry, Signatures
from gateway.access.registry import patient_key
from gateway.app import create_app
from gateway.audit.acts import RelationshipsImported
from gateway.audit.entries import entries_between
from gateway.audit.log import AuditLog
from gateway.demo.agreement import invented_agreement
from gateway.errors import UnavailableError
from gateway.keys import KeyPurpose, Keys, make_keys, read_keys, write_keys
from gateway.policy.bootstrap import begin
from gateway.settings import Settings
from gateway.store.engine import open_store
from gateway.store.migrate import upgrade
from gateway.store.objections import EVERY_SOURCE, Objection, record_objection
from gateway.store.relationships import Relationship, add_relationships
from gateway.store.words import ObjectionExceptions, RelationshipType
from gateway.wiring import Services, open_services
from tests.access_log import AccessLog, differences
from tests.answered import Bundle as Bundle
from tests.london import AUDIENCE, PASSWORD, London, now

ORGANISATION_KINDS = {
    "F84004": "general-practice",
    "F84012": "general-practice",
    "RRV": "trust",
    "RJ1": "trust",
    "RRU": "ambulance",
    "NLO": "111",
    "RV3": "mental-health-trust",
    "702": "council",
    "VM4G1": "care-home",
    "CSP1": "csp",
    "UNI1": "university",
    "QMJ": "icb",
}

ADMINISTRATORS = tuple(DEMO_USERS[each].user_id for each in ("policy-admin", "policy-approver"))

METRICS_TOKEN = "the-operators-own-token"
OPERATOR = {"Authorization": f"Bearer {METRICS_TOKEN}"}
"""Headers of whoever reads `/metrics`."""

DEADLINES = dict.fromkeys(("pds", "gp", "hospital", "ambulance"), 20.0)
"""Seconds: no busy machine makes a late source of one that answers; a test of lateness sets its own."""


async def prepare_database(path: Path, london: London, keys: Keys, clock=now) -> None:
    """Make a database with the default policy and the cohort's relationships and objections."""
    upgrade(f"sqlite:///{path}")
    settings = settings_for(london, path, path.with_suffix(".keys"))
    await fill_database(settings, london, keys, clock)


async def fill_database(settings: Settings, london: London, keys: Keys, clock=now) -> None:
    """Put them into a deployment's database, which has its tables already and is empty."""
    store = open_store(settings.database_url)
    log = AuditLog(store, clock)
    await begin(ADMINISTRATORS, "test", log, store, clock)
    agreement = invented_agreement(settings, clock())
    await AgreementRegistry(log, clock).add(agreement, Signatures("test", "test"))
    await seed_registry(london, keys, log)
    await log.aclose()
    store.close()


async def seed_registry(london: London, keys: Keys, log: AuditLog) -> None:
    key = keys.current(KeyPurpose.REGISTRY)
    rows = [
        relationship(patient_key(key, person.nhs_number), organisation)
        for person in london.cohort.people.values()
        for organisation in person.contacts_of
    ]
    objections = [
        Objection(patient_key(key, person.nhs_number), source, exceptions_of(person), now())
        for person in london.cohort.people.values()
        for source in objected(person.objects_to)
    ]
    event = RelationshipsImported(now(), "test", "cohort", len(rows))
    async with log.recorded(event) as session:
        await session.do(add_relationships, rows)
        for each in objections:
            await session.do(record_objection, each)


def objected(sources: Iterable[str]) -> Iterable[str]:
    named = frozenset(sources)
    return [EVERY_SOURCE] if named >= {"gp", "hospital", "ambulance"} else sorted(named)


def exceptions_of(person: Person) -> ObjectionExceptions:
    if person.objects_even_in_emergency:
        return ObjectionExceptions.NONE
    return ObjectionExceptions.BREAK_GLASS


def relationship(
    key: str, organisation: str, ends_at: datetime | None = None, **other: Any
) -> Relationship:
    return Relationship(
        id=uuid4(),
        patient_key=key,
        organisation=organisation,
        type=RelationshipType("referral"),
        basis="test",
        starts_at=other.pop("starts_at", datetime(2020, 1, 1, tzinfo=now().tzinfo)),
        ends_at=ends_at,
        source="cohort",
        **other,
    )


def settings_for(london: London, database: Path, key_file: Path, **other: Any) -> Settings:
    """Describe the deployment under test; `deadlines` may be given by source id."""
    deadlines: Mapping[str, float] = {**DEADLINES, **other.pop("deadlines", {})}
    return Settings.model_validate(
        {
            "profile": "demo",
            "base_url": "http://gateway.test",
            "database_url": f"sqlite:///{database}",
            "key_file": key_file,
            "overall_seconds": 25.0,
            "refusals_every_ms": 0,  # held by the clock, which few tests are about
            "judged_views": 0,  # judged in a process of its own, as few
            "source": sources_of(london, deadlines),
            "gp_endpoint": [gp_endpoint_of(code, *at) for code, at in london.practices.items()],
            "issuer": [issuer_at(london.addresses["identity"])],
            "organisation": [
                {"code": code, "kind": kind, "name": code, "asid": "200000000205"}
                for code, kind in ORGANISATION_KINDS.items()
            ],
            **other,
        }
    )


def sources_of(london: London, deadlines: Mapping[str, float]) -> list[dict[str, Any]]:
    kinds = {"pds": "pds", "gp": "gp-connect", "hospital": "fhir-r4", "ambulance": "ambulance-r4"}
    owners = {"hospital": "RRV", "ambulance": "RRU"}
    return [
        {
            "id": name,
            "kind": kind,
            "base_url": london.addresses[name] + ("" if name in {"pds", "gp"} else "/fhir"),
            "organisation": owners.get(name),
            "deadline_seconds": deadlines[name],
        }
        for name, kind in kinds.items()
    ]


def gp_endpoint_of(practice: str, base: str, asid: str) -> dict[str, str]:
    documents = base.replace("/structured/", "/documents/")
    return {
        "practice": practice,
        "base_url": base,
        "documents_base_url": documents,
        "asid": asid,
    }


def issuer_at(address: str) -> dict[str, str]:
    return {
        "issuer": address,
        "audience": AUDIENCE,
        "jwks_url": f"{address}/jwks",
        "client_id": "scr-web",
        "authorize_url": f"{address}/authorize",
        "token_url": f"{address}/token",
        "smart_scopes": "honoured",
    }


def planning_side(folder: Path) -> dict[str, Any]:
    """Give the settings of a planning side that nothing was pulled to yet; what only pulls and jobs read is not there."""
    return {
        "population": {
            "store_folder": folder / "store",
            "release_folder": folder / "releases",
            "ledger_file": folder / "ledger.ndjson",
            "opt_out_list": folder / "list.json",
            "areas_folder": folder / "areas",
            "postcodes_file": folder / "postcodes.csv",
            "keyring": folder / "keyring.json",
            "root_file": folder / "roots",
            "feed_recipient": "QMJ",
        },
        "vault_database_url": f"sqlite:///{folder}/vault.db",
    }


@dataclass
class Stack:
    """The gateway under test, and a client for it."""

    london: London
    services: Services
    client: httpx2.AsyncClient
    keys: Keys
    tokens: dict[str, str] = field(default_factory=dict)
    access: AccessLog = field(default_factory=AccessLog)

    async def token(self, user: str) -> str:
        if user not in self.tokens:
            async with httpx2.AsyncClient(trust_env=False) as client:
                answer = await client.post(
                    f"{self.london.addresses['identity']}/token",
                    data={"grant_type": "password", "username": user, "password": PASSWORD},
                )
            self.tokens[user] = answer.json()["access_token"]
        return self.tokens[user]

    async def get(self, user: str, path: str, **headers: str) -> httpx2.Response:
        bearer = {"Authorization": f"Bearer {await self.token(user)}"}
        return await self.client.get(path, headers={**bearer, **headers})

    async def post(self, user: str, path: str, form: Mapping[str, str]) -> httpx2.Response:
        bearer = {"Authorization": f"Bearer {await self.token(user)}"}
        return await self.client.post(path, data=dict(form), headers=bearer)

    async def send(self, user: str, path: str, content: object, **headers: str) -> httpx2.Response:
        bearer = {"Authorization": f"Bearer {await self.token(user)}"}
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        return await self.client.post(path, content=body, headers={**bearer, **headers})

    async def delete(self, user: str, path: str) -> httpx2.Response:
        bearer = {"Authorization": f"Bearer {await self.token(user)}"}
        return await self.client.delete(path, headers=bearer)

    def patient(self, name: str) -> str:
        """Give the opaque id of a showcase person."""
        return self.services.ids.seal(self.london.people[name])

    async def everything(self, user: str, name: str) -> "Bundle":
        answer = await self.get(user, f"/fhir/Patient/{self.patient(name)}/$everything")
        return Bundle(answer)

    async def reconcile(self) -> None:
        """Hold the audit against the access log; not where the test took the audit away."""
        with suppress(UnavailableError):
            found = differences(self.access.requests, await self.audit())
            assert not found, "\n".join(found)

    async def audit(self) -> list[dict[str, Any]]:
        rows = await self.services.store.read(entries_between, 1, 1_000_000)
        return [orjson.loads(row.body) for row in rows]


@asynccontextmanager
async def running_stack(
    london: London, template: Path, folder: Path, compiled: Mapping[str, Any], **other: Any
) -> AsyncIterator[Stack]:
    """Open the gateway on a copy of the template database."""
    database, key_file = folder / "scr.db", template.with_suffix(".keys")
    shutil.copy(template, database)
    other = {"metrics_token": METRICS_TOKEN, **planning_side(folder), **other}
    services = open_services(settings_for(london, database, key_file, **other))
    services.policies._compiled.update(compiled)
    access = AccessLog.of_database(database)
    transport = httpx2.ASGITransport(app=access.of(create_app(services)))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://gateway.test", trust_env=False
    ) as client:
        try:
            stack = Stack(london, services, client, read_keys(key_file), access=access)
            yield stack
            await stack.reconcile()
        finally:
            london.clear_faults()
            await services.aclose()


def make_key_file(path: Path) -> Keys:
    keys = make_keys()
    write_keys(path, keys)
    return keys
