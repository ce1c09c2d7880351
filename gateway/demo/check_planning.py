"""Do a planner's main job against the running demo: from the pull to a release in which nobody is found.

Uses the commands that people of the service use; what they print is all that the next step knows.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from adapters.simulators.planning.lives import Resident
from gateway.demo.agreement import INVENTED_AGREEMENT
from gateway.demo.check_machine import export_by_key
from gateway.demo.job_steps import answered, command, expect, refused, signed_in
from gateway.demo.planning import JOINED_UP
from gateway.demo.planning_sources import planning_population
from gateway.demo.running import Demo
from gateway.population.canary_files import readable
from gateway.population.opt_out_list import kept_list
from gateway.population.releases.verifying import faults_of_release
from gateway.population.small_numbers import SMALLEST_SHOWN
from gateway.wiring import now

_LASTS = timedelta(days=90)
_DATASET = "linked-activity"
_FEWEST_ROWS = 1000
"""Far fewer than the demo's people have contacts, and more than a release of next to nobody would have."""


class PlannersWork:
    """A planner's main job, step by step; `release` is what the last step that succeeded told of the release."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._release: dict[str, Any] = {}

    def jobs(self) -> Mapping[tuple[str, str], Callable[[Demo], str]]:
        """Give the steps, as the check's jobs are given."""
        return {
            ("administrator", "pull everybody's records into the planning store"): _pull,
            ("administrator", "ask who of them may be used"): _ask_who_may_be_used,
            ("planner", "ask for a release"): self._ask,
            ("violence analyst", "ask for the planner's release"): _ask_for_what_is_not_theirs,
            ("planner", "approve their own release"): self._approve_ones_own,
            ("Caldicott Guardian", "approve it"): self._approve,
            ("administrator", "make it, and hold it against its manifest"): self._make,
            ("planner's machine", "export it by its own key"): self._export,
            ("planner", "look for anybody in what was released"): self._look_for_people,
            ("planner", "count emergency attendances by area"): _count,
        }

    def _ask(self, demo: Demo) -> str:
        self._release = json.loads(command(demo, *_request(demo), token=_token(demo, "planner")))
        expect(self._release["state"] == "requested", self._release["state"])
        return f"{_DATASET} for {JOINED_UP}, as the agreement names it"

    def _approve_ones_own(self, demo: Demo) -> str:
        refused(demo, *self._approval(), token=_token(demo, "planner"), why="purpose-not-allowed")
        return "refused: a planner comes for planning, and who approves to administer"

    def _approve(self, demo: Demo) -> str:
        command(demo, *self._approval(), token=_token(demo, "caldicott"))
        return "approved, exactly as it was asked for"

    def _make(self, demo: Demo) -> str:
        command(demo, "release", "run", self._release["id"])
        self._release = json.loads(command(demo, "release", "status", self._release["id"]))
        faults = list(faults_of_release(self._folder(), self._release["manifest_sha256"]))
        expect(not faults, "; ".join(faults))
        until = self._release["expires_at"][:10]
        return f"published until {until}; every byte is as its manifest says"

    def _export(self, demo: Demo) -> str:
        return export_by_key(demo, self._release["id"], self._folder())

    def _look_for_people(self, demo: Demo) -> str:
        content = _content_of(self._folder())
        rows = (self._folder() / "rows.csv").read_text(encoding="utf-8").split()
        expect(len(rows) > _FEWEST_ROWS, f"{len(rows)} rows")
        people = [each.resident for each in planning_population(demo.invention).lives()]
        found = sum(any(name in content for name in _names_of(each)) for each in people)
        expect(not found, f"{found} people are named")
        return f"of {len(people)} people nobody, by number, name, address or birth date"

    def _approval(self) -> tuple[str, ...]:
        return ("release", "approve", self._release["id"], "--token-file", "-")

    def _folder(self) -> Path:
        folder: Path = self._demo.folder.planning / "releases" / self._release["project"]
        return folder / UUID(self._release["id"]).hex


def _pull(demo: Demo) -> str:
    command(demo, "pull")
    return "three sources, de-identified before they are at rest"


def _ask_who_may_be_used(demo: Demo) -> str:
    command(demo, "optout", "check")
    found = kept_list(demo.folder.planning / "opt-out-list.json", now())
    expect(found is not None and bool(found.usable), "no list that may be used")
    people = [each.resident for each in planning_population(demo.invention).lives()]
    opted_out = sum(each.is_opted_out for each in people)
    return f"through the vault and MESH; of {len(people)} people {opted_out} opted out"


def _count(demo: Demo) -> str:
    command(demo, "release", "counts")
    asked = {
        "measure": "contacts-by-kind-and-area",
        "project": JOINED_UP,
        "purpose_of_use": "PUBHLTH",
        "where": {"kind": ["emergency"]},
        "by": ["msoa"],
    }
    answer = answered(signed_in(demo, "planner").post_json("/population/counts", asked))
    told = [each["count"] for each in answer.json()["counts"]]
    shown = [each for each in told if each != "*"]
    expect(all(each == 0 or each >= SMALLEST_SHOWN for each in shown), "a count below eight")
    expect(any(shown), f"{len(told)} counts, and no number among them")
    return f"{len(told)} areas: {len(shown)} counts, and {len(told) - len(shown)} kept back"


def _ask_for_what_is_not_theirs(demo: Demo) -> str:
    refused(demo, *_request(demo), token=_token(demo, "csp-analyst"), why="not-the-recipient")
    return "refused: the agreement names another recipient"


def _request(demo: Demo) -> tuple[str, ...]:
    ends = (demo.invention.at + _LASTS).date().isoformat()
    said = {
        "dataset": _DATASET,
        "project": JOINED_UP,
        "recipient": "702",
        "purpose-of-use": "PUBHLTH",
        "purpose": "Where joined-up care would spare people a journey",
        "legal-basis": "UK GDPR Article 6(1)(e) and 9(2)(h)",
        "agreement": INVENTED_AGREEMENT,
        "ends": ends,
        "setting": "The council's locked analysis room",
        "token-file": "-",
    }
    options = (word for name, value in said.items() for word in (f"--{name}", value))
    return ("release", "request", *options)


def _content_of(folder: Path) -> str:
    """Give names and text of all files in lower case, unpacked, what stands between two marks once however often it is said."""
    files = [(each.name, each.read_bytes()) for each in folder.iterdir()]
    whole = b"\0".join(part for name, read in files for part in (name.encode(), *readable(read)))
    # Bytes that are no text say nothing; those beside them stay as they are.
    return "\0".join(set(re.split(r'[,\n"\0]', whole.decode(errors="replace").lower())))


def _names_of(person: Resident) -> Iterator[str]:
    """Give what would tell somebody apart in what was released, in lower case."""
    number = person.nhs_number
    names = f"{person.given_name} {person.family_name}"
    for each in (number.digits, number.grouped, names, person.postcode, person.address_line):
        yield each.lower()
        yield each.replace(" ", "").lower()
    yield person.born_on.isoformat()


def _token(demo: Demo, username: str) -> str:
    return signed_in(demo, username).token or ""
