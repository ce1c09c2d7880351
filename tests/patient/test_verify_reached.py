"""People, places and products belong to nobody: they come with the resource that refers to them."""

import subprocess
import sys

import pytest

from gateway.patient.verify import verify
from gateway.patient.work import WorkMemory
from tests.patient.factories import ME, NUMBER, answer, named_by, person, resource

SUBJECTLESS = [
    "Device",
    "HealthcareService",
    "Location",
    "Medication",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Specimen",
]


def kept(*resources):
    read = WorkMemory(lambda: 0.0).read(answer(*resources))
    return [each.local_name for each in verify(read, person(), NUMBER).proven][1:]


def nobodys(resource_type, local_id="x", **members):
    return {"resourceType": resource_type, "id": local_id, **members}


@pytest.mark.parametrize("resource_type", SUBJECTLESS)
def test_what_belongs_to_nobody_comes_with_what_refers_to_it(resource_type):
    encounter = resource("Encounter", participant=[{"individual": named_by(resource_type)}])
    reached = nobodys(resource_type)

    assert kept(encounter, reached) == ["Encounter/1", f"{resource_type}/x"]
    assert kept(resource("Encounter"), reached) == ["Encounter/1"]


def test_one_may_reach_another_and_a_ring_ends():
    role = nobodys("PractitionerRole", organization=named_by("Organization"))
    ring = nobodys("Organization", partOf=named_by("PractitionerRole"))
    encounter = resource("Encounter", performer=named_by("PractitionerRole"))

    assert kept(ring, role, encounter) == ["Encounter/1", "Organization/x", "PractitionerRole/x"]


def test_what_only_a_dropped_resource_refers_to_is_not_reached():
    dropped = resource("Encounter", subject=None, performer=named_by("Practitioner"))

    assert kept(dropped, nobodys("Practitioner")) == []


def test_a_subjectless_resource_that_names_somebody_must_be_proven_like_any_other():
    mine = nobodys("Device", patient=ME)
    unclear = nobodys("Device", "y", patient={"display": "?"})
    user = resource("Encounter", device=named_by("Device", "y"))

    assert kept(user, mine, unclear) == ["Encounter/1", "Device/x"]


@pytest.mark.parametrize("resource_type", ["List", "Provenance"])
def test_what_speaks_about_something_kept_comes_with_it(resource_type):
    about = nobodys(resource_type, target=[named_by("Condition", "1")])
    about_reached = nobodys(resource_type, "y", target=[named_by("Practitioner")])
    about_nothing = nobodys(resource_type, "z", target=[named_by("Condition", "9")])
    condition = resource("Condition", recorder=named_by("Practitioner"))

    found = kept(condition, about, about_reached, about_nothing, nobodys("Practitioner"))

    assert found == [
        "Condition/1",
        f"{resource_type}/x",
        f"{resource_type}/y",
        "Practitioner/x",
    ]


def test_a_list_is_not_reached_by_reference_alone():
    assert kept(resource("Encounter", about=named_by("List")), nobodys("List")) == ["Encounter/1"]


def test_both_claimants_of_one_name_are_reached():
    encounter = resource("Encounter", performer=named_by("Practitioner"))

    found = kept(encounter, nobodys("Practitioner"), nobodys("Practitioner", active=True))

    assert found == ["Encounter/1", "Practitioner/x", "Practitioner/x"]


ORDER = """
from tests.patient.test_verify_reached import kept, named_by, nobodys, resource
many = [nobodys("Practitioner", f"n{number}") for number in range(20)]
performers = [named_by("Practitioner", each["id"]) for each in many]
print(kept(resource("Encounter", performers=performers), *many))
"""


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_order_is_the_answers_in_every_process(seed):
    run = subprocess.run(
        [sys.executable, "-c", ORDER],
        env={"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.strip() == str(["Encounter/1", *(f"Practitioner/n{n}" for n in range(20))])
