"""Describe the demo as one deployment, in the same words and the same file as any other.

Starts nothing. The file is written so that `scr check`, `scr policy` and `scr serve` work on the demo too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.simulators.gp_token import provider_asid
from adapters.simulators.people import DEMO_PRACTICE, ORGANISATIONS, OTHER_PRACTICES
from gateway.demo import smart
from gateway.demo.simulators import WEB_CLIENT, Simulated
from rbac.types import OrganisationKind

_KINDS: Mapping[str, OrganisationKind] = {
    **dict.fromkeys((DEMO_PRACTICE, *OTHER_PRACTICES), OrganisationKind.GENERAL_PRACTICE),
    "RRV": OrganisationKind.TRUST,
    "RJ1": OrganisationKind.TRUST,
    "RRU": OrganisationKind.AMBULANCE,
    "RV3": OrganisationKind.MENTAL_HEALTH_TRUST,
    "702": OrganisationKind.COUNCIL,
    "VM4G1": OrganisationKind.CARE_HOME,
    "NLO": OrganisationKind.NHS_111,
    "CSP1": OrganisationKind.CSP,
    "UNI1": OrganisationKind.UNIVERSITY,
    "QMJ": OrganisationKind.ICB,
}

_ASKS_FIRST = OrganisationKind.NHS_111
"""Who is on the telephone can be asked; the one kind of the demo's organisations that shows permission to view."""

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Folder:
    """Where one demo keeps its files."""

    path: Path

    @property
    def keys(self) -> Path:
        """The service's keys, kept from run to run so that links stay good."""
        return self.path / "keys.json"

    @property
    def database(self) -> Path:
        """The demo's database, made anew at every start."""
        return self.path / "demo.db"

    @property
    def checkpoints(self) -> Path:
        """The second place of the audit's checkpoints; a real one is on another machine."""
        return self.path / "checkpoints"

    @property
    def password(self) -> Path:
        """Everybody's password, kept from run to run."""
        return self.path / "password"

    @property
    def client_keys(self) -> Path:
        """The private keys by which the demo's applications and machines prove themselves, kept from run to run."""
        return self.path / "client-keys.json"

    @property
    def planning(self) -> Path:
        """What planners' releases are made with: store, keys, releases; made anew at every start."""
        return self.path / "planning"

    @property
    def settings(self) -> Path:
        """The deployment's settings."""
        return self.path / "scr.toml"


def deployment(folder: Folder, gateway: str, addresses: Mapping[Simulated, str]) -> Document:
    """Give the settings of the demo."""
    return {
        "profile": "demo",
        "base_url": gateway,
        "database_url": f"sqlite:///{folder.database.absolute()}",
        "key_file": str(folder.keys.absolute()),
        "audit_checkpoint_folder": str(folder.checkpoints.absolute()),
        "source": _sources(addresses),
        "gp_endpoint": [_practice(code, addresses[Simulated.GP]) for code in _practices()],
        "issuer": [_issuer(addresses[Simulated.IDENTITY], gateway)],
        "organisation": [_organisation(code) for code in _KINDS],
    }


def as_toml(document: Document) -> str:
    """Write settings as TOML: plain values first, then each table, then each list of tables.

    Source: TOML 1.0, whose basic strings take every escape that JSON writes.
    """
    plain = {name: value for name, value in document.items() if not isinstance(value, (list, dict))}
    lines = [_line(name, value) for name, value in plain.items()]
    for name, table in document.items():
        if isinstance(table, dict):
            lines += [f"\n[{name}]", *(_line(each, value) for each, value in table.items())]
    for name, rows in document.items():
        for row in rows if isinstance(rows, list) else ():
            lines.append(f"\n[[{name}]]")
            lines += [_line(each, value) for each, value in row.items()]
    return "\n".join(lines) + "\n"


def _line(name: str, value: object) -> str:
    return f"{name} = {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_value(each)}" for name, each in value.items()) + " }"
    return json.dumps(value)


def _sources(addresses: Mapping[Simulated, str]) -> list[Document]:
    return [
        {"id": "pds", "kind": "pds", "base_url": addresses[Simulated.PDS]},
        {"id": "gp", "kind": "gp-connect", "base_url": addresses[Simulated.GP]},
        {
            "id": "hospital",
            "kind": "fhir-r4",
            "base_url": addresses[Simulated.HOSPITAL] + "/fhir",
            "organisation": "RRV",
        },
        {
            "id": "ambulance",
            "kind": "ambulance-r4",
            "base_url": addresses[Simulated.AMBULANCE] + "/fhir",
            "organisation": "RRU",
        },
    ]


def _practices() -> list[str]:
    return [code for code, kind in _KINDS.items() if kind is OrganisationKind.GENERAL_PRACTICE]


def _practice(code: str, gp_address: str) -> Document:
    interfaces = f"{gp_address}/{code}/STU3/1/gpconnect"
    return {
        "practice": code,
        "base_url": f"{interfaces}/structured/fhir",
        "documents_base_url": f"{interfaces}/documents/fhir",
        "asid": provider_asid(code),
    }


def _issuer(address: str, gateway: str) -> Document:
    return {
        "issuer": address,
        "audience": gateway,
        "jwks_url": f"{address}/jwks",
        "client_id": WEB_CLIENT,
        "authorize_url": f"{address}/authorize",
        "token_url": f"{address}/token",
        # Most of the demo's tokens come from the sign-in page and from curl, which ask for no such scope.
        "smart_scopes": "honoured",
        "smart": dict(smart.SETTINGS),
    }


def _organisation(code: str) -> Document:
    # An invented ASID each, as the Spine gives every organisation its own.
    return {
        "code": code,
        "kind": str(_KINDS[code]),
        "name": ORGANISATIONS[code],
        "asid": provider_asid(code),
        "asks_permission": ["every-role"] if _KINDS[code] is _ASKS_FIRST else [],
    }
