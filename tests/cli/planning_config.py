"""Write the settings of a deployment with a planning side, over one served bulk source."""

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from adapters.simulators.planning.areas import lsoa_of_postcode
from gateway.demo.deployment import Folder, as_toml, deployment
from gateway.demo.simulators import Simulated
from gateway.wiring import now
from tests.london import AUDIENCE
from tests.required_parts import sample_data

GEOGRAPHY = sample_data() / "geo_london"
FEED = {"dataset": "store", "project": "store", "recipient": "QMJ"}


def planning_config(folder: Path, addresses: Any, source: str) -> Path:
    """Write the settings, with what they name but the database and the keys."""
    places = {Simulated(name): each for name, each in addresses.items()}
    document = deployment(Folder(folder), "http://127.0.0.1:8000", places)
    for issuer in document["issuer"]:
        issuer["audience"] = AUDIENCE
    document["bulk_source"] = [
        {"id": "hospital", "kind": "hospital", "base_url": source, "organisation": "RRV"}
    ]
    document["population"] = planning_part(folder)
    path = folder / "scr.toml"
    path.write_text(as_toml(document))
    return path


def planning_part(folder: Path) -> dict[str, object]:
    """Give the part about the planning side; the files of areas and postcodes are there."""
    with (folder / "postcodes.csv").open("w", newline="") as file:
        written = csv.writer(file)
        written.writerows([("postcode", "lsoa"), *lsoa_of_postcode().items()])
    (folder / "practices.csv").write_text("code,name\nF84004,The practice\n")
    return {
        "store_folder": str(folder / "store"),
        "release_folder": str(folder / "releases"),
        "ledger_file": str(folder / "ledger.ndjson"),
        "opt_out_list": str(folder / "list.json"),
        "areas_folder": str(GEOGRAPHY),
        "postcodes_file": str(folder / "postcodes.csv"),
        "practices_file": str(folder / "practices.csv"),
        "keyring": str(folder / "keyring.json"),
        "feed_recipient": "QMJ",
    }


def agreement_file(folder: Path, *feeds: dict[str, str]) -> Path:
    """Write an agreement that names feeds."""
    at = now()
    said: dict[str, object] = {
        "id": "planning",
        "parties": ["QMJ", "RRV", "CSP1"],
        "items": ["name-contact-age", "equalities", "health-records"],
        "purposes": ["HOPERAT", "PUBHLTH"],
        "contact": "agreements@shared-care-record.example",
        "document": "https://shared-care-record.example/agreements/planning",
    }
    days = {"starts": at - timedelta(days=1), "ends": at + timedelta(days=300), "review": at}
    lines = [f"{name} = {json.dumps(each)}" for name, each in said.items()]
    lines += [f"{name} = {each.date().isoformat()}" for name, each in days.items()]
    for feed in feeds:
        lines += ["[[feed]]", *(f"{name} = {json.dumps(each)}" for name, each in feed.items())]
    path = folder / "agreement.toml"
    path.write_text("\n".join(lines))
    return path
