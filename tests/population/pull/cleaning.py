"""A small de-identifier: of a row only its type, its keyed id and its keyed person stay."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from gateway.population.pull_ground import Clean, Cleaned
from tests.contract.bulk.asking import WORLD

KEY = b"k" * 32
OTHER_KEY = b"o" * 32
TYPES = ("Condition", "Encounter", "Observation", "Patient")


def keyed(text: str, key: bytes = KEY) -> str:
    return blake2b(text.encode(), digest_size=16, key=key).hexdigest()


@dataclass(frozen=True)
class SmallCleaning:
    """Knows whose a row is by the Patients; a row of nobody stays out."""

    key: bytes = KEY

    @property
    def key_mark(self) -> str:
        return keyed("mark", self.key)

    async def knowing(self, patients: bytes) -> Clean:
        numbers = {
            each["id"]: each["identifier"][0]["value"] for each in map(json.loads, lines(patients))
        }

        def clean(ndjson: bytes, _resource_type: str) -> Cleaned:
            read = [json.loads(line) for line in lines(ndjson)]
            rows = [row for each in read if (row := self._row(each, numbers)) is not None]
            lost = len(read) - len(rows)
            return Cleaned(b"".join(rows), {"no-person": lost} if lost else {})

        return clean

    def id_of(self, resource_type: str, local_id: str) -> str:
        return keyed(f"{resource_type}|{local_id}", self.key)

    def _row(self, resource: dict, numbers: dict[str, str]) -> bytes | None:
        kind, id_ = resource["resourceType"], resource["id"]
        owner = id_ if kind == "Patient" else resource["subject"]["reference"].split("/")[1]
        if owner not in numbers:
            return None
        row = {
            "resourceType": kind,
            "id": self.id_of(kind, id_),
            "person": keyed(numbers[owner], self.key),
        }
        # Tells versions of one row apart.
        return json.dumps({**row, "version": resource["meta"]["lastUpdated"]}).encode() + b"\n"


@dataclass(frozen=True)
class Permitted:
    dataset: str = "linked-activity"
    project: str = "planning"
    agreement: str = "LDSA-1"
    expires_at: datetime = WORLD.reference_time + timedelta(days=365)


def lines(text: bytes) -> list[bytes]:
    return [line for line in text.split(b"\n") if line.strip()]
