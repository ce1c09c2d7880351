"""Do the readers' main jobs against the running demo, over real HTTP, and tell what each saw.

Starts nothing. A job that fails does not stop the next: the whole picture is wanted.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from gateway.audit.notes import open_checkpoint, read_verifier_key
from gateway.audit.verify import verify_entry
from gateway.demo.check_planning import PlannersWork
from gateway.demo.job_steps import UnexpectedError, answered, command, expect, signed_in
from gateway.demo.running import Demo
from gateway.demo.simulators import Simulated
from gateway.demo.visitor import Answer, Visitor

Resource = dict[str, Any]
_IN_AN_EMERGENCY = {"Purpose-Of-Use": "ETREAT"}
CLINICAL = frozenset({"gp", "hospital", "ambulance"})


_FAILURES = (UnexpectedError, LookupError, TypeError, ValueError, OSError, HTTPException)


@dataclass(frozen=True, slots=True)
class JobResult:
    """One job: whose it is, whether it went as it should, and what was seen."""

    reader: str
    job: str
    is_done: bool
    saw: str


@dataclass(frozen=True, slots=True)
class Record:
    """One person's joined record, as a reader received it."""

    is_complete: bool
    outcomes: dict[str, str]
    resources: tuple[Resource, ...]

    def of(self, resource_type: str) -> tuple[Resource, ...]:
        """Give the resources of one type."""
        return tuple(each for each in self.resources if each["resourceType"] == resource_type)


def results(demo: Demo) -> Iterator[JobResult]:
    """Do every job in turn."""
    for (reader, job), act in {**_JOBS, **PlannersWork(demo).jobs()}.items():
        try:
            yield JobResult(reader, job, is_done=True, saw=act(demo))
        except _FAILURES as fault:
            told = str(fault) if isinstance(fault, UnexpectedError) else type(fault).__name__
            yield JobResult(reader, job, is_done=False, saw=told)


def _sign_in(demo: Demo) -> str:
    signed_in(demo, "gp")
    return "a token for the practice's GP"


def _find(demo: Demo) -> str:
    _person(demo, signed_in(demo, "gp"))
    return "one person, under an opaque id"


def _everything(demo: Demo) -> str:
    record = _record(demo, "gp")
    expect(record.outcomes == dict.fromkeys(CLINICAL, "data"), f"receipt {_told(record)}")
    expect(record.is_complete, "a record that calls itself incomplete")
    expect(len(record.of("Linkage")) > 0, "no item tied across sources")
    return f"{len(record.resources)} items; {_told(record)}"


def _search(demo: Demo) -> str:
    return f"{len(_allergies(demo))} allergies"


def _read(demo: Demo) -> str:
    visitor, first = signed_in(demo, "gp"), _allergies(demo)[0]
    answer = answered(visitor.get(f"/fhir/AllergyIntolerance/{first['id']}"))
    expect(answer.json() == first, "another item than the search gave")
    return "the same item as the search gave"


def _number_in_address(demo: Demo) -> str:
    visitor, number = signed_in(demo, "gp"), demo.cohort.showcases["everything"].digits
    status = visitor.get(f"/fhir/Patient?identifier={number}").status
    expect(status == 400, f"status {status}")
    return "refused: people are searched for by POST"


def _unknown_to_practice(demo: Demo) -> str:
    visitor = signed_in(demo, "gp")
    patient = _person(demo, visitor, "other-practice")
    status = visitor.get(f"/fhir/Patient/{patient}/$everything").status
    expect(status == 403, f"status {status}")
    return "refused: no relationship with this person"


def _emergency(demo: Demo) -> str:
    visitor = signed_in(demo, "gp")
    patient = _person(demo, visitor, "other-practice")
    asked = {"step": "ETREAT", "reason_code": "risk-to-life", "reason": "Found unconscious"}
    broken = visitor.post_json("/access/break-glass", {"patient": patient, **asked})
    expect(broken.status == 201, f"status {broken.status}")
    read = f"/fhir/Patient/{patient}/$everything"
    record = _record_in(answered(visitor.get(read, _IN_AN_EMERGENCY)))
    expect(record.of("AllergyIntolerance"), "no allergies")
    expect(not record.of("DocumentReference"), "documents, which no emergency opens")
    ended = visitor.delete(f"/access/break-glass/{broken.json()['id']}")
    expect(ended.status == 204, f"status {ended.status}")
    closed = visitor.get(read, _IN_AN_EMERGENCY).status
    expect(closed == 403, f"status {closed}")
    return f"{len(record.resources)} items with a reason given, and none once it was ended"


def _alert(demo: Demo) -> str:
    officer, reader = signed_in(demo, "privacy-officer"), signed_in(demo, "gp")
    patient = _person(demo, reader, "other-practice")
    told = [
        each
        for each in answered(officer.get("/privacy/alerts")).json()["alerts"]
        if (each["kind"], each["patient"]) == ("break-glass", patient)
    ]
    expect(len(told) == 1, f"{len(told)} alerts of the emergency")
    opened = sum(told[0]["opened"].values())
    expect(opened > 0, "nothing opened")
    settle = f"/privacy/alerts/{told[0]['id']}/settle"
    status = officer.post_json(settle, {"outcome": "justified"}).status
    expect(status == 204, f"status {status}")
    return f"one, of the practice's GP, with {opened} items opened; settled"


def _receptionist(demo: Demo) -> str:
    record = _record(demo, "receptionist")
    shown = sorted({each["resourceType"] for each in record.resources})
    expect(not record.of("AllergyIntolerance") and not record.of("Condition"), f"{shown}")
    return f"no clinical detail; only {', '.join(shown)}"


def _pages(demo: Demo) -> str:
    answer = _followed(Visitor(demo.gateway), "/")
    expect(answer.headers.get("content-type", "").startswith("text/html"), "no page")
    expect(b"invented" in answer.body.lower(), "a page that does not say it is a demo")
    return f"the sign-in page, {len(answer.body)} bytes, marked as a demo"


def _partial(demo: Demo) -> str:
    source = Visitor(demo.addresses[Simulated.AMBULANCE])
    source.post_json("/__faults", {"kind": "hang"})
    try:
        record = _record(demo, "gp")
    finally:
        source.delete("/__faults")
    expect(not record.is_complete, "a record that calls itself complete")
    expect(record.outcomes.get("ambulance") == "timed-out", f"receipt {_told(record)}")
    expect(record.outcomes.get("gp") == "data", f"receipt {_told(record)}")
    return f"an honest partial record: {_told(record)}"


def _policy(demo: Demo) -> str:
    shown = json.loads(command(demo, "policy", "show", "--active", "--json"))
    return f"version {shown['version'][:12]}…, {len(shown['rules'])} rules"


def _proof(demo: Demo) -> str:
    auditor = signed_in(demo, "auditor")
    told = answered(auditor.get("/audit/key")).body.decode()
    keys = [read_verifier_key(each) for each in told.splitlines()]
    checkpoint = open_checkpoint(answered(auditor.get("/audit/checkpoint")).body.decode(), keys)
    sequence = verify_entry(answered(auditor.get("/audit/proof/1")).json(), keys)
    return f"entry {sequence} is in the log of {checkpoint.size} entries, as it was signed"


_JOBS: dict[tuple[str, str], Callable[[Demo], str]] = {
    ("clinician", "sign in"): _sign_in,
    ("clinician", "find by NHS number"): _find,
    ("clinician", "open the whole record"): _everything,
    ("clinician", "search for allergies"): _search,
    ("clinician", "read one item by its id"): _read,
    ("clinician", "put a number into an address"): _number_in_address,
    ("clinician", "open a stranger's record"): _unknown_to_practice,
    ("clinician", "open a stranger's record in an emergency, and end it"): _emergency,
    ("privacy officer", "find that emergency on the list, and settle it"): _alert,
    ("receptionist", "open the whole record"): _receptionist,
    ("anybody", "open the pages"): _pages,
    ("clinician", "open the record while the ambulance source hangs"): _partial,
    ("administrator", "show the active policy"): _policy,
    ("auditor", "prove an entry of the audit with nothing but its key"): _proof,
}


def _person(demo: Demo, visitor: Visitor, showcase: str = "everything") -> str:
    form = {"identifier": demo.cohort.showcases[showcase].digits}
    entries = answered(visitor.post_form("/fhir/Patient/_search", form)).json()["entry"]
    found = [each["resource"] for each in entries if each["search"]["mode"] == "match"]
    expect(len(found) == 1, f"{len(found)} people")
    return str(found[0]["id"])


def _record(demo: Demo, username: str) -> Record:
    visitor = signed_in(demo, username)
    path = f"/fhir/Patient/{_person(demo, visitor)}/$everything"
    return _record_in(answered(visitor.get(path)))


def _record_in(answer: Answer) -> Record:
    entries = answer.json()["entry"]
    issues = [
        each["resource"]["issue"][0] for each in entries if each["search"]["mode"] == "outcome"
    ]
    return Record(
        is_complete=answer.headers["x-record-complete"] == "true",
        outcomes={each["diagnostics"]: each["details"]["coding"][0]["code"] for each in issues},
        resources=tuple(
            each["resource"] for each in entries if each["search"]["mode"] != "outcome"
        ),
    )


def _allergies(demo: Demo) -> list[Resource]:
    visitor = signed_in(demo, "gp")
    path = f"/fhir/AllergyIntolerance?patient={_person(demo, visitor)}"
    entries = answered(visitor.get(path)).json()["entry"]
    found = [each["resource"] for each in entries if each["search"]["mode"] == "match"]
    expect(bool(found), "no allergies")
    return found


def _followed(visitor: Visitor, path: str) -> Answer:
    answer = visitor.get(path)
    if answer.status in {302, 303, 307} and answer.headers["location"].startswith("/"):
        answer = visitor.get(answer.headers["location"])
    return answered(answer)


def _told(record: Record) -> str:
    return ", ".join(f"{source} {outcome}" for source, outcome in sorted(record.outcomes.items()))
