"""Run the gateway as one process for measuring: a fresh database, the default policy, the replayed sources.

Sets nothing that a deployment could not: what is measured is what `scr serve` serves.

Run as `python -m bench.serving FOLDER`, where `settings.json` is; `settings_of` writes it.
"""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.recording import ORGANISATIONS, PDS, RECORDS
from gateway.access.agreement_registry import AgreementRegistry, Signatures
from gateway.audit.log import AuditLog
from gateway.demo.agreement import invented_agreement
from gateway.keys import make_keys, write_keys
from gateway.policy.active import activate
from gateway.serving import listen, run, serve
from gateway.settings import Settings
from gateway.store.engine import open_store
from gateway.store.migrate import upgrade
from gateway.wiring import now
from rbac.policy import load_default

_KINDS = {"ambulance": "ambulance-r4", PDS: "pds"}
_SETTINGS = "settings.json"


def write_deployment(folder: Path, port: int, ports: Mapping[str, int], audience: str) -> Path:
    """Write settings and keys; give the key file."""
    address = {name: f"http://127.0.0.1:{each}" for name, each in ports.items()}
    sources = [
        {
            "id": name,
            "kind": _KINDS.get(name, "fhir-r4"),
            "base_url": address[name] + ("" if name == PDS else "/fhir"),
            "organisation": ORGANISATIONS.get(name),
        }
        for name in (PDS, *RECORDS)
    ]
    issuer = address["identity"]
    settings = Settings.model_validate(
        {
            "base_url": f"http://127.0.0.1:{port}",
            "database_url": f"sqlite:///{folder / 'scr.db'}",
            "key_file": folder / "scr.keys",
            "source": sources,
            "issuer": [
                {
                    "issuer": issuer,
                    "audience": audience,
                    "jwks_url": f"{issuer}/jwks",
                    "smart_scopes": "honoured",
                }
            ],
            "organisation": [{"code": "F84004", "kind": "general-practice", "name": "Practice"}],
        }
    )
    (folder / _SETTINGS).write_text(settings.model_dump_json(), encoding="utf-8")
    write_keys(settings.key_file, make_keys())
    return settings.key_file


def read_settings(folder: Path) -> Settings:
    """Read the settings that `write_deployment` wrote."""
    return Settings.model_validate_json((folder / _SETTINGS).read_bytes())


def serve_measured(folder: Path) -> None:
    """Prepare the database and serve until stopped."""
    settings = read_settings(folder)
    run(prepare_database(settings))
    port = int(settings.base_url.rpartition(":")[2])
    serve(settings, listen("127.0.0.1", port), workers=1)


async def prepare_database(settings: Settings) -> None:
    """Make the database, with the default policy and an agreement in force."""
    await asyncio.to_thread(upgrade, settings.database_url)
    store = open_store(settings.database_url)
    log = AuditLog(store, now)
    await activate(load_default(), "bench", log, store, now)
    agreement = invented_agreement(settings, now())
    await AgreementRegistry(log, now).add(agreement, Signatures("bench", "bench"))
    await log.aclose()
    store.close()


if __name__ == "__main__":
    serve_measured(Path(sys.argv[1]))
