"""A gateway whose one identity provider is the test's own: it signs, withholds, lies and counts as a test says."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gateway import wiring
from gateway.app import create_app
from gateway.caller_settings import IssuerSettings
from gateway.identity import TokenVerifier
from tests.adapters.stub_source import Stub, answer, stub_source
from tests.london import London
from tests.safety.siege import ASKED_ABOUT, person_of
from tests.stack import Stack, running_stack
from tests.tokens import AUDIENCE, EC, ISSUER, RSA, Clock, claims, public, token

__all__ = ["AUDIENCE", "EC", "ISSUER", "RSA", "Gate", "gate", "signed"]

CONSULTANT = {"person_roleid": "555021540199", "org_code": "RRV", "role_code": "S0010:G0020:R0050"}
TREATS = {"nhsid_nrbac_roles": [CONSULTANT], "selected_roleid": CONSULTANT["person_roleid"]}
JSON = "application/json"


def signed(key: Any = EC, header: Any = None, **changes: Any) -> str:
    """Sign a consultant's token, changed as a test says."""
    return token(key, header, **{**TREATS, **changes})


def usual(**changes: Any) -> dict[str, Any]:
    """Give what a consultant's token claims."""
    return claims(**{**TREATS, **changes})


@dataclass
class KeyServer:
    """The provider's address for its keys; `behave` may be exchanged at any moment."""

    stub: Stub = field(default_factory=Stub)
    behave: Any = None

    def gives(self, *entries: Mapping[str, Any]) -> None:
        self.behave = answer({"keys": list(entries)}, content_type=JSON)

    async def serve(self, asked: Any, writer: Any) -> None:
        await self.behave(asked, writer)

    @property
    def fetched(self) -> int:
        return len(self.stub.asked)


@dataclass
class Gate:
    """The gateway behind its gate, and the hands on provider and clock."""

    stack: Stack
    keys: KeyServer
    clock: Clock

    async def asks(self, bearer: str, **headers: str) -> httpx2.Response:
        """Ask for a person's Patient resource with a token."""
        return await self.stack.client.get(
            f"/fhir/Patient/{self.stack.patient(ASKED_ABOUT)}",
            headers={"Authorization": f"Bearer {bearer}", **headers},
        )

    async def opens_for(self, bearer: str) -> bool:
        """Say whether a token opens the record; check that it is refused as it must be if it does not."""
        asked_before = len(await self.rows())
        found = await self.asks(bearer)
        if found.status_code == 200:
            return True
        self.turned_away(found)
        assert len(await self.rows()) == asked_before
        return False

    def turned_away(self, found: httpx2.Response) -> None:
        """Check that an answer says nothing but that a token is needed."""
        person = person_of(self.stack, ASKED_ABOUT)
        assert (found.status_code, found.headers["www-authenticate"]) == (401, "Bearer")
        assert found.json()["resourceType"] == "OperationOutcome"
        assert person.family_name not in found.text
        assert person.nhs_number.digits not in found.text

    async def rows(self) -> list[dict[str, Any]]:
        """Give what the audit holds of requests; no source is asked without a row."""
        kept = {"asked", "disclosed", "caller-refused"}
        return [row for row in await self.stack.audit() if row["action"] in kept]

    def takes(self, **settings: Any) -> None:
        """Configure the provider anew."""
        row = {"issuer": ISSUER, "audience": AUDIENCE, "jwks_url": f"{self.keys.stub.url}/jwks"}
        row |= {"smart_scopes": "honoured"}
        verifier = verifier_of(self.stack, self.clock, IssuerSettings(**{**row, **settings}))
        self.stack.services = replace(self.stack.services, verifier=verifier)
        self.stack.client._transport = httpx2.ASGITransport(
            app=self.stack.access.of(create_app(self.stack.services))
        )


def verifier_of(stack: Stack, clock: Clock, *issuers: IssuerSettings) -> TokenVerifier:
    """Wire the service's own verifier to these providers and this clock."""
    settings = stack.services.settings.model_copy(update={"issuer": issuers})
    return wiring._verifier(settings, clock)


@pytest.fixture
async def gate(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Gate]:
    """Give a gateway that takes the test's own tokens, at a clock that the test moves."""
    keys = KeyServer()
    keys.gives(public(EC), public(RSA))
    async with (
        stub_source(keys.serve) as keys.stub,
        running_stack(london, template, tmp_path, compiled) as stack,
    ):
        made = Gate(stack, keys, Clock())
        made.takes()
        yield made
