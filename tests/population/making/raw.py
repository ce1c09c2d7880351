"""Have sources tell of a few people, pull and de-identify what they say, and see whose contacts a release would read."""

import asyncio
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.systems import NHS_NUMBER, V3_ACT_CODE, V3_CONFIDENTIALITY
from gateway.population.contents.reading import Reader
from gateway.population.opt_out_list import keep_list
from gateway.population.opt_outs import LONGEST_LIFE, CheckList
from gateway.population.pseudonyms import spell, subject_of
from gateway.population.release_order import SourceKind
from gateway.population.releases.leaving_out import ListedPeople
from gateway.population.releases.plan import ReleasePlan, plan_now
from tests.population.making.neighbours import TODAY, order_of
from tests.population.making.stores import STORE_KEY, put_lines
from tests.population.releases.small_store import unmarked
from tests.store_factories import NOW

ANN, BEN, CAT = "9434765919", "9434765870", "9990000018"


def patient(local_id="p1", number=ANN, code=None, **elements):
    """Tell of a Patient; `code` is how confidential the source says that they are."""
    marks = [{"system": V3_CONFIDENTIALITY, "code": code}] if code else None
    known = {"identifier": [{"system": NHS_NUMBER, "value": number}] if number else []}
    meta = {"meta": {"security": marks}} if marks else {}
    born = {"birthDate": "1947-03-05", "gender": "female"}
    return {"resourceType": "Patient", "id": local_id, **known, **meta, **born, **elements}


def contact(local_id="c1", of="p1", **elements):
    """Tell of a contact of a Patient."""
    return {
        "resourceType": "Encounter",
        "id": local_id,
        "status": "finished",
        "class": {"system": V3_ACT_CODE, "code": "EMER"},
        "subject": {"reference": f"Patient/{of}"},
        "period": {"start": "2026-01-05T10:11:12Z"},
        **elements,
    }


def pulled(store: Path, source: str, *resources, pull: int = 1) -> None:
    """Leave at rest what one pull of a source brings."""
    lines: dict[str, list[bytes]] = defaultdict(list, {"Patient": []})
    for each in resources:
        lines[each["resourceType"]].append(json.dumps(each).encode())
    put_lines(store / source, lines, pull)


def subject(number: str) -> str:
    """Give what the store calls somebody."""
    return spell(subject_of(STORE_KEY, NhsNumber.parse(number)))


def planned(store: Path) -> ReleasePlan:
    """Plan a release of what is at rest now."""
    kinds = {kind.value: kind for kind in SourceKind}
    return plan_now(store, kinds, TODAY)


def read(store: Path, plan=None, kind="Encounter", usable=(ANN, BEN, CAT), objected=()):
    """Give the source and person of each row of a kind that a release by a plan would have, sorted."""
    plan, path = plan or planned(store), store.parent / "rows"
    order = order_of(store, "linked-activity", sources=plan.sources)
    keep_list(path, CheckList("run", NOW, NOW + LONGEST_LIFE, frozenset(map(subject, usable))))
    people = ListedPeople(store, path, unmarked, lambda _mark: frozenset(map(subject, objected)))
    excluded = asyncio.run(people.left_out(order.dataset.opt_out_rule, plan, NOW))
    reader, found = Reader(replace(order, left_out=excluded.people, gone=excluded.gone)), []
    for source in order.sources:
        reader.write(source, kind, path)
        found += [(source.name, _whose(line)) for line in path.read_bytes().splitlines()]
    return sorted(found)


def _whose(line: bytes) -> str:
    row = json.loads(line)
    told = row.get("subject", {"reference": row["id"]})["reference"].removeprefix("Patient/")
    return next(each for each in (ANN, BEN, CAT) if subject(each) == told)
