"""P01: of generated answers with mix-ups of every kind, nothing of anybody else is ever shown.

`SCR_PROVE_COUNT` sets how many are generated; SCR_PROVE_SEED repeats a run.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest

from adapters.contract import AddressUse, Demographics, Outcome, Reason, SourceAnswer, Stage
from adapters.simulators.truth import Person
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from gateway.access.agreements import coverage_of
from gateway.access.permit import Permit
from gateway.access.sharing import Sharing
from gateway.identity import Principal
from gateway.patient.directory import KnownSource, SourceDirectory
from gateway.patient.ids import PatientIds
from gateway.patient.join import Joiner
from gateway.patient.verify import Verified, verify
from gateway.patient.work import WorkMemory
from gateway.store.words import DataItem
from rbac.types import OrganisationKind, Purpose
from tests.safety.hostile_source import CANARY
from tests.safety.mixups import KINDS, OWN, MixedUp, mixed_up

COUNT = int(os.environ.get("SCR_PROVE_COUNT", "10000"))  # noqa: TID251 - a switch of the test run
SEEDS = [1, int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))]  # noqa: TID251 - as above

NOW = datetime(2026, 1, 2, tzinfo=UTC)
NUMBER, OTHER = NhsNumber("9990000026"), NhsNumber("9990000034")
PERSON = Person(
    nhs_number=NUMBER,
    family_name="Okafor",
    given_names=("Ada",),
    prefix="Ms",
    gender="female",
    born_on=date(1971, 5, 6),
    address_lines=(),
    postcode="",
    phone="",
    practice="F84004",
    hospitals=("RRV",),
)
KNOWN = Demographics(
    nhs_number=NUMBER,
    family_name="Okafor",
    given_names=("Ada",),
    prefix="Ms",
    gender="female",
    born_on="1971-05-06",
    died_at=None,
    practice="F84004",
    address_lines=(),
    postcode=None,
    address_use=AddressUse.UNRESTRICTED,
    body=b'{"resourceType":"Patient","id":"x"}',
)


@pytest.mark.parametrize("seed", SEEDS)
def test_p01_no_resource_of_anybody_else_is_proven(
    seed: int, record_property: Callable[[str, object], None]
):
    record_property("seed", seed)
    random, memory = Random(seed), WorkMemory(lambda: 0.0)
    seen: Counter[str] = Counter()

    for _ in range(COUNT // len(SEEDS)):
        case = mixed_up(random, PERSON, OTHER)
        verified = verified_of(case, memory)
        assert leaks_of(verified) == [], (seed, case)
        assert shown_of(verified) >= case.must_show, (seed, case)
        seen[case.kind] += 1

    assert set(seen) == set(KINDS)
    record_property("kinds", dict(seen))


def verified_of(case: MixedUp, memory: WorkMemory) -> Verified:
    answer = SourceAnswer("hospital", Outcome.DATA, bodies=case.pages)
    return verify(memory.read(answer), KNOWN, NUMBER)


def leaks_of(verified: Verified) -> list[bytes]:
    """Give the proven resources that hold a word of somebody else's."""
    strange = (CANARY.encode(), OTHER.digits.encode())
    return [each.body for each in verified.proven if any(word in each.body for word in strange)]


def shown_of(verified: Verified) -> int:
    return sum(OWN.encode() in each.body for each in verified.proven)


def test_p01_the_oracle_finds_a_leak_where_everything_is_believed():
    cases = [mixed_up(Random(seed), PERSON, OTHER) for seed in range(200)]
    answers = [SourceAnswer("hospital", Outcome.DATA, bodies=case.pages) for case in cases]
    believed = [
        Verified(
            "hospital", Outcome.DATA, Reason.NONE, WorkMemory(lambda: 0.0).read(each).resources
        )
        for each in answers
    ]

    caught = {case.kind for case, each in zip(cases, believed, strict=True) if leaks_of(each)}

    assert caught == set(KINDS) - {"nothing-wrong"}


@pytest.mark.parametrize("seed", SEEDS)
def test_p01_no_byte_of_anybody_else_is_in_a_joined_view(seed: int, compiled: Mapping[str, Any]):
    random, joiner, permit = Random(seed), joiner_of_one_source(), permit_under(compiled)

    for _ in range(COUNT // 20):
        case = mixed_up(random, PERSON, OTHER)
        answer = SourceAnswer("hospital", Outcome.DATA, bodies=case.pages)
        view = joiner.join(permit, [answer])
        told = b"".join(piece for item in view.items for piece in item.render())
        assert CANARY.encode() not in told, (seed, case)
        assert OTHER.digits.encode() not in told, (seed, case)
        assert told.count(OWN.encode()) >= case.must_show, (seed, case)


def joiner_of_one_source() -> Joiner:
    hospital = KnownSource(
        "hospital", "RRV", Stage.OPEN, frozenset(Category), lambda _practice: None
    )
    ids = PatientIds([bytes(range(64))])
    return Joiner(SourceDirectory((hospital,)), ids, WorkMemory(lambda: 0.0), lambda: NOW)


def permit_under(compiled: Mapping[str, Any]) -> Permit:
    [policy] = compiled.values()
    kind, role = OrganisationKind.TRUST, "ed_consultant"
    return Permit(
        decision_id=UUID(int=1),
        patient=NUMBER,
        patient_id=PatientIds([bytes(range(64))]).seal(NUMBER),
        person=KNOWN,
        principal=Principal(
            user_id="1",
            family_name="A",
            given_name="B",
            role=role,
            role_code="R0050",
            role_profile_id="1",
            organisation="RRV",
            organisation_kind=kind,
            organisation_name="RRV",
            purposes=frozenset({Purpose.TREAT}),
            token_hash="",
            expires_at=NOW,
        ),
        purpose=Purpose.TREAT,
        levels=policy.levels_for(role, kind, Purpose.TREAT),
        policy_version=policy.version,
        relationship="contact",
        objected_sources=frozenset(),
        hides_whereabouts=False,
        expires_at=NOW,
        sharing=Sharing({"RRV": coverage_of(DataItem)}),
    )
