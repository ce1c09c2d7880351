"""An ordinary machine on smart-fetch and cumulus-fhir-support: proves itself by its key and exports what it is given.

Runs in an environment of its own. Reads what it is to do on standard input and writes what came of it on standard output.
"""

import asyncio
import contextlib
import json
import sys
from pathlib import Path

import cumulus_fhir_support as support
from smart_fetch import lifecycle
from smart_fetch.bulk_utils import BulkExporter

asked = json.load(sys.stdin)
folder = Path(asked["folder"])
folder.mkdir()


async def exported() -> dict[str, object]:
    client = support.FhirClient(
        asked["base"], ["*"], smart_client_id=asked["client_id"], smart_jwks=asked["keys"]
    )
    async with client:
        metadata = lifecycle.OutputMetadata(str(folder))
        exporter = BulkExporter(
            client, set(asked["types"]), asked["base"], str(folder), metadata=metadata
        )
        await exporter.export()
    return {"at": exporter.transaction_time.isoformat()}


def left() -> dict[str, object]:
    files = (path.name for path in folder.glob("*.ndjson"))
    log = (folder / "log.ndjson").read_text(encoding="utf-8").splitlines()
    return {"files": sorted(files), "events": [json.loads(each)["eventId"] for each in log]}


# What the programs say to people is no answer.
with contextlib.redirect_stdout(sys.stderr):
    try:
        found = {**asyncio.run(exported()), **left()}
    except support.AuthFailed:
        found = {"refused": True}
json.dump(found, sys.stdout)
