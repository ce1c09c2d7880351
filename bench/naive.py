"""Join three answers the obvious way: models for every resource, Casbin for every resource, two audit rows.

Does the same reading, deciding and recording as plainly as a careful team would write it at first: no joining,
no identity check. Kind where it can be: it loads only the caller's own rules, keeps its clients, and asks each
source for everything at once. Frozen (see `frozen`): it is what the gateway is held against.

Run as `python -m bench.naive PORT DATABASE JWKS SOURCE_PORT…`; asked as `/ID/ID/ID` with a bearer token.
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import casbin
import httpx2
import uvicorn
import uvloop
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import Response
from fhir.resources.R4B import get_fhir_model_class
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import ValidationError

CATEGORIES = {
    "AllergyIntolerance": "allergies",
    "Appointment": "appointments",
    "CarePlan": "care-plans",
    "Condition": "problems",
    "DiagnosticReport": "results",
    "DocumentReference": "documents",
    "Encounter": "encounters",
    "Flag": "alerts",
    "Immunization": "immunisations",
    "MedicationAdministration": "medications",
    "MedicationRequest": "medications",
    "MedicationStatement": "medications",
    "Observation": "results",
    "Procedure": "procedures",
}
LABELS = {"PSY": "mental-health", "ETH": "substance", "VIO": "safeguarding", "SEX": "sexual-health"}
ALLOWED = (
    "demographics",
    *sorted(set(CATEGORIES.values())),
    "end-of-life",
    *sorted(LABELS.values()),
)
MODEL = """
[request_definition]
r = role, word
[policy_definition]
p = role, word
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.role == p.role && r.word == p.word
"""


def open_audit(path: Path) -> sqlite3.Connection:
    """Open the audit so that a committed row survives a power cut."""
    audit = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    audit.execute("PRAGMA journal_mode = WAL")
    audit.execute("PRAGMA synchronous = FULL")
    audit.execute("CREATE TABLE audit (id TEXT, act TEXT, who TEXT, what TEXT)")
    return audit


def load_rules() -> casbin.Enforcer:
    """Load what a GP may see."""
    enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=MODEL))
    enforcer.add_policies([["gp", word] for word in ALLOWED if word != "sexual-health"])
    return enforcer


class Naive:
    """The service's parts."""

    def __init__(self, audit: sqlite3.Connection, keys: KeySet, ports: Iterable[int]) -> None:
        self.audit = audit
        self.keys = keys
        self.rules = load_rules()
        self.claims = jwt.JWTClaimsRegistry(exp={"essential": True})
        self.sources = [httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") for port in ports]

    def caller(self, authorization: str) -> str:
        """Check the token and say who holds it."""
        try:
            token = jwt.decode(authorization.removeprefix("Bearer "), self.keys)
            self.claims.validate(token.claims)
        except JoseError as fault:
            raise HTTPException(401) from fault
        return str(token.claims["sub"])

    async def record(self, act: str, who: str, what: str) -> None:
        """Make one audit row durable."""
        row = (str(uuid4()), act, who, what)
        await asyncio.to_thread(self.audit.execute, "INSERT INTO audit VALUES (?, ?, ?, ?)", row)

    async def fetch(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        """Ask every source for everything, at once."""
        fetching = (
            source.get(f"/fhir/Patient/{each}/$everything", params={"_count": "500"})
            for source, each in zip(self.sources, ids, strict=True)
        )
        return [answer.json() for answer in await asyncio.gather(*fetching)]

    def may_see(self, resource: dict[str, Any]) -> bool:
        """Ask Casbin about what a resource is, and about why it is sensitive."""
        words = [CATEGORIES.get(resource["resourceType"], "demographics")]
        security = resource.get("meta", {}).get("security", [])
        words += [LABELS[each["code"]] for each in security if each.get("code") in LABELS]
        return all(self.rules.enforce("gp", word) for word in words)


def served(naive: Naive, resource: dict[str, Any]) -> str | None:
    """Give one resource as it is served; None when it is not valid or not allowed."""
    try:
        model = get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError:
        return None
    return model.model_dump_json() if naive.may_see(resource) else None


def create_app(naive: Naive) -> FastAPI:
    """Make the application."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        for source in naive.sources:
            await source.aclose()

    app = FastAPI(lifespan=lifespan)

    @app.get("/{first}/{second}/{third}")
    async def everything(
        request: Request, first: str, second: str, third: str, authorization: str = Header()
    ) -> Response:
        who = naive.caller(authorization)
        await naive.record("asked", who, request.url.path)
        bundles = await naive.fetch((first, second, third))
        resources = [entry["resource"] for bundle in bundles for entry in bundle["entry"]]
        shown = [text for each in resources if (text := served(naive, each)) is not None]
        await naive.record("disclosed", who, str(len(shown)))
        entries = ",".join(f'{{"resource":{text}}}' for text in shown)
        body = f'{{"resourceType":"Bundle","type":"searchset","total":{len(shown)},"entry":[{entries}]}}'
        return Response(body, media_type="application/fhir+json")

    return app


async def serve(port: int, database: Path, keys: KeySet, source_ports: Iterable[int]) -> None:
    """Serve until stopped."""
    naive = Naive(open_audit(database), keys, source_ports)
    config = uvicorn.Config(create_app(naive), port=port, log_level="warning", access_log=False)
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    port, database, jwks, *source_ports = sys.argv[1:]
    keys = KeySet.import_key_set(json.loads(Path(jwks).read_text(encoding="utf-8")))
    uvloop.run(serve(int(port), Path(database), keys, [int(each) for each in source_ports]))
