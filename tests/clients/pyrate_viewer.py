"""An ordinary researcher's script on fhir-pyrate: a person's encounters as a table.

Reads what it is to do on standard input and writes what it saw on standard output.
"""

import json
import sys

import requests
from fhir_pyrate import Pirate

asked = json.load(sys.stdin)
session = requests.Session()
session.headers["Authorization"] = f"Bearer {asked['token']}"
pirate = Pirate(base_url=asked["base"], auth=session, disable_multiprocessing_requests=True)

# A table for each type of resource: the receipt comes as OperationOutcomes beside the encounters.
tables = pirate.steal_bundles_to_dataframe(
    "Encounter",
    request_params={"patient": asked["patient"], "_count": 10},
    fhir_paths=["id", ("subject", "subject.reference"), "status", ("starts", "period.start")],
)
encounters = tables["Encounter"]
json.dump(
    {
        "columns": list(encounters.columns),
        "ids": list(encounters["id"]),
        "subjects": sorted(set(encounters["subject"])),
        "starts": int(encounters["starts"].notna().sum()),
    },
    sys.stdout,
)
