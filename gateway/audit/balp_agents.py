"""Say who took part in an audit event: the user and their organisation, the application, and this service.

Pure. Whatever an entry does not hold is left out, never made up: BALP 1.1.4, section 3:5.7.5.4, says which is which.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from fhir_profiles.systems import (
    DATA_ABSENT_REASON,
    ODS_ORGANISATION,
    ROLE,
    SDS_USER,
    V3_ACT_REASON,
)
from gateway.audit import balp_codes as codes
from gateway.audit.balp_codes import Code, Json
from gateway.audit.balp_shapes import Shape
from gateway.audit.told import Told
from gateway.audit.words import AuditAction

_BY_TOKEN = frozenset(
    {AuditAction.SIGNED_IN, AuditAction.SIGNED_OUT, AuditAction.ROLE_CHOSEN}
    | {AuditAction.CALLER_REFUSED}
)
"""Entries without a decision whose user a token named; others name whoever ran a command."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where this service is: its public address, which is also its name in what it tells."""

    base_url: str

    @property
    def host(self) -> str:
        """Give the host, with its port where one is named."""
        return urlsplit(self.base_url).netloc

    @property
    def reference(self) -> Json:
        """Give the service as a logical reference: no receiver has a Device of it."""
        identifier = {"system": codes.URI_SYSTEM, "value": self.base_url}
        return {"type": "Device", "identifier": identifier, "display": self.host}


def agents_of(told: Told, shape: Shape, address: Address) -> list[Json]:
    """List who took part, the user first; this service always did."""
    return [
        *_user(told),
        *_organisation(told),
        *_client(told, shape),
        _server(shape, address),
    ]


def client_of(told: Told) -> str | None:
    """Give the id of the application that asked, where its token named it."""
    client: str | None = told.asked.get("details", {}).get("client")
    return client


def token_of(told: Told) -> str | None:
    """Give the token by which it asked, as BALP writes it, where its issuer named it."""
    token: str | None = told.asked.get("details", {}).get("token")
    return None if token is None else codes.TOKEN_ID_PREFIX + quote(token, safe="")


def purpose_of(told: Told) -> Json | None:
    """Give the purpose of use: that of the request, or of the step of an emergency."""
    purpose = told.fields.get("step") or told.asked.get("purpose")
    return None if purpose is None else {"coding": [{"system": V3_ACT_REASON, "code": purpose}]}


def _user(told: Told) -> Iterator[Json]:
    user_id = told.entry.user_id
    if user_id is None or not user_id.strip():
        return
    who = _who(told)
    is_asker = bool(told.asked)
    yield filled(
        {
            "type": (codes.RECIPIENT if is_asker else codes.HUMAN).concept,
            "role": _roles(who.get("role")),
            "who": _user_reference(told, user_id, who.get("name")),
            "altId": who.get("role_profile_id"),
            "name": who.get("name"),
            "requestor": True,
            "policy": listed(token_of(told)),
            "purposeOfUse": listed(purpose_of(told)),
        }
    )


def _who(told: Told) -> dict[str, str]:
    who: dict[str, str] = told.fields.get("who") or told.asked.get("who") or {}
    return who


def _user_reference(told: Told, user_id: str, name: str | None) -> Json:
    is_known_by_token = bool(told.asked) or told.entry.action in _BY_TOKEN
    # A word and a colon stand before the subjects of a further provider, whose people are not in the NHS's directory.
    is_of_the_nhs = is_known_by_token and ":" not in user_id
    identifier = {"system": SDS_USER if is_of_the_nhs else None, "value": user_id}
    return filled({"type": "Practitioner", "identifier": filled(identifier), "display": name})


def _roles(role: str | None) -> list[Json]:
    return [{"coding": [{"system": ROLE, "code": role}]}] if role else []


def _organisation(told: Told) -> Iterator[Json]:
    code = _who(told).get("organisation")
    if code:
        identifier = {"system": ODS_ORGANISATION, "value": code}
        who = {"type": "Organization", "identifier": identifier}
        yield {"type": codes.PROVIDER.concept, "who": who, "requestor": False}


def _client(told: Told, shape: Shape) -> Iterator[Json]:
    client = client_of(told)
    if client is None:
        return
    if shape.client is not None:
        yield {**_application(shape.client, client), "network": _UNKNOWN_NETWORK}
    yield _application(codes.APPLICATION, client)


def _application(part: Code, client: str) -> Json:
    who = {"type": "Device", "identifier": {"value": client}}
    return {"type": part.concept, "who": who, "requestor": False}


_UNKNOWN_NETWORK: Json = {
    "_address": {"extension": [{"url": DATA_ABSENT_REASON, "valueCode": "unknown"}]}
}
"""Behind a proxy the address of a connection is the proxy's: none is kept, and that is what is said."""


def _server(shape: Shape, address: Address) -> Json:
    return {
        "type": shape.server.concept,
        "who": address.reference,
        "requestor": False,
        "network": {"address": f"{address.base_url}/fhir", "type": codes.NETWORK_URI},
    }


def listed(value: object) -> list[object]:
    """Give what there is as a list of one, or of none."""
    return [] if value is None else [value]


def filled(parts: Json) -> Json:
    """Leave out what there is nothing of: FHIR knows neither empty values nor empty lists."""
    return {name: part for name, part in parts.items() if part not in (None, [])}
