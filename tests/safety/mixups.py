"""Invent source answers in which records of several people are mixed up, and know which item is whose.

Nine kinds of mix-up. The truth is the generator's own: every resource says in its wording whether it is the
person's (`OWN`), somebody else's, or of nobody who can be told (`CANARY`).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from adapters.simulators.truth import Person
from fhir_profiles.nhs_number import NhsNumber
from tests.safety.hostile_source import (
    CANARY,
    Json,
    encounter,
    nhs_identifier,
    observation,
    patient_like,
    refer,
    searchset,
    somebody_else,
)

OWN = "their-own"
Entry = Json | tuple[str, Json]


@dataclass(frozen=True)
class MixedUp:
    """One answer: its pages, what was mixed up, and whether its own items must all be shown."""

    kind: str
    pages: tuple[bytes, ...]
    must_show: int


@dataclass
class Draft:
    """An answer in the making: the person's own Patient and items, then whatever a mix-up adds."""

    random: Random
    person: Person
    other: NhsNumber
    entries: list[Entry] = field(default_factory=list)
    must_show: int = 0

    def own_reference(self) -> Json:
        return refer(self.random.choice(["Patient/p1", "Patient/p1/_history/2"]))

    def begin(self) -> None:
        self.entries.append(patient_like(self.person))
        for number in range(self.random.randint(0, 4)):
            self.add_item(f"own-{number}", self.own_reference(), OWN)

    def add_item(
        self, local_id: str, subject: Json | None, word: str = CANARY, **more: Any
    ) -> None:
        make = self.random.choice((encounter, observation))
        self.entries.append(make(local_id, subject, word, **more))

    def add_foreign(self, subject: Json | None, **more: Any) -> None:
        self.add_item(f"foreign-{self.random.randint(0, 9)}", subject, **more)

    def foreign_patient(self, local_id: str = "p2", **changes: Any) -> Json:
        return somebody_else(local_id, self.other.digits, **changes)

    def foreign_identifier(self) -> Json:
        return nhs_identifier(self.other.digits)


def _whole_answer(draft: Draft) -> None:
    draft.entries[:] = [draft.foreign_patient("p1")]
    draft.add_foreign(refer("Patient/p1"))


def _second_patient(draft: Draft) -> None:
    draft.entries.append(draft.foreign_patient())
    draft.add_foreign(refer("Patient/p2"))


def _other_id(draft: Draft) -> None:
    draft.add_foreign(
        refer(draft.random.choice(["Patient/p2", "Patient/p2/_history/1", "Group/p1"]))
    )


def _other_address(draft: Draft) -> None:
    base = f"https://{draft.random.choice('ab')}.example/fhir"
    if draft.random.random() < 0.5:
        draft.entries[0] = (f"{base}/Patient/p1", draft.entries[0])  # type: ignore[assignment]
    draft.add_foreign(refer(f"https://c.example/fhir/Patient/{draft.random.choice(['p1', 'p2'])}"))


def _other_identifier(draft: Draft) -> None:
    logical = {"identifier": draft.foreign_identifier()}
    literal = draft.random.choice([{}, refer("Patient/p1"), {"type": "Patient"}, {"display": "x"}])
    draft.add_foreign({**literal, **logical})


def _contained(draft: Draft) -> None:
    subject = draft.random.choice([refer("#c"), draft.own_reference()])
    inner = draft.random.choice(
        [
            draft.foreign_patient("c"),
            observation("c", {"identifier": draft.foreign_identifier()}),
            observation("c", refer("Patient/p2")),
        ]
    )
    draft.add_foreign(subject, contained=[inner])


def _nobody_named(draft: Draft) -> None:
    draft.add_foreign(draft.random.choice([None, {"display": CANARY}, {"reference": ""}, {}]))


def _urn(draft: Draft) -> None:
    urn = f"urn:uuid:{draft.random.getrandbits(128):032x}"
    if draft.random.random() < 0.5:
        draft.entries.append((urn, draft.foreign_patient()))
    draft.add_foreign(refer(urn))


def _reached(draft: Draft) -> None:
    """Let a proven item refer to one that proves nothing itself."""
    hidden = draft.random.choice(
        [observation("hidden", None), somebody_else("hidden", identifier=[])]
    )
    draft.entries.append(hidden)
    target = refer(f"{hidden['resourceType']}/hidden")
    draft.add_item("pointer", refer("Patient/p1"), OWN, partOf=[target], performer=[target])


def _unsure(draft: Draft) -> None:
    """Let the answer's own Patient prove nothing: then everything in it is of nobody who can be told."""
    own = draft.person.nhs_number.digits
    identifier = draft.random.choice(
        [
            [nhs_identifier(own, draft.random.choice(["02", "03", "04", "05", "06", "x"]))],
            [nhs_identifier(own, use="old")],
            [nhs_identifier(own, system="urn:x")],
            [nhs_identifier(own), draft.foreign_identifier()],
            [],
        ]
    )
    draft.entries[:] = [patient_like(draft.person, identifier=identifier)]
    draft.add_foreign(refer("Patient/p1"))


def _two_readings(draft: Draft) -> None:
    """Let one name stand for two Patients, of whom one cannot be told."""
    draft.entries.append(somebody_else("p1", identifier=[]))
    draft.entries[:] = [each for each in draft.entries if _type(each) == "Patient"]
    draft.add_foreign(refer("Patient/p1"))


def _nothing_wrong(draft: Draft) -> None:
    draft.must_show = sum(_type(each) != "Patient" for each in draft.entries)


KINDS: Mapping[str, Callable[[Draft], None]] = {
    "nothing-wrong": _nothing_wrong,
    "whole-answer": _whole_answer,
    "second-patient": _second_patient,
    "other-id": _other_id,
    "other-address": _other_address,
    "other-identifier": _other_identifier,
    "contained": _contained,
    "nobody-named": _nobody_named,
    "urn": _urn,
    "reached": _reached,
    "unsure": _unsure,
    "two-readings": _two_readings,
}
"""The nine kinds of safety SO-02, whole answers, doubtful Patients and names, and a control."""


def mixed_up(random: Random, person: Person, other: NhsNumber) -> MixedUp:
    """Invent one answer about `person`, in which `other` may stand."""
    draft = Draft(random, person, other)
    draft.begin()
    kind = random.choice(list(KINDS))
    KINDS[kind](draft)
    first, rest = draft.entries[:1], draft.entries[1:]
    random.shuffle(rest)
    cut = random.randint(0, len(rest))
    pages = [first + rest[:cut], rest[cut:]] if random.random() < 0.3 else [first + rest]
    bodies = tuple(json.dumps(searchset(page)).encode() for page in pages)
    return MixedUp(kind, bodies, draft.must_show)


def _type(entry: Entry) -> str:
    return str((entry[1] if isinstance(entry, tuple) else entry)["resourceType"])
