from hashlib import sha256

import pytest

from adapters.contract import Outcome, Reason, SourceAnswer
from fhir_profiles.vocabulary import Category
from gateway.patient.work import REMEMBERED_SECONDS, WorkMemory, names_in_reference, read_work
from tests.patient.factories import answer, bundle, coded, patient, resource, worked


class Clock:
    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


def page(*resources):
    return SourceAnswer("hospital", Outcome.DATA, bodies=(bundle(*resources),))


def test_an_answer_is_read_page_by_page():
    given = SourceAnswer(
        "hospital",
        Outcome.STALE,
        Reason.NONE,
        (bundle(patient()), bundle(resource("Condition"))),
    )

    read = WorkMemory(lambda: 0.0).read(given)

    assert [each.type for each in read.resources] == ["Patient", "Condition"]
    assert (read.source_id, read.outcome, read.reason) == ("hospital", Outcome.STALE, Reason.NONE)
    assert read.digests == tuple(sha256(body).digest() for body in given.bodies)


def test_pages_and_entries_that_cannot_be_read_are_counted():
    broken = bundle(resource("Condition"), {"resource": 7}, {"resource": []})
    given = SourceAnswer("hospital", Outcome.DATA, bodies=(broken, b"<html>", b""))

    read = WorkMemory(lambda: 0.0).read(given)

    assert ([each.type for each in read.resources], read.unreadable) == (["Condition"], 4)


def test_a_resource_that_comes_on_two_pages_is_one():
    given = SourceAnswer(
        "hospital",
        Outcome.DATA,
        bodies=(bundle(resource("Condition")), bundle(resource("Condition"), patient())),
    )

    read = WorkMemory(lambda: 0.0).read(given)

    assert [each.type for each in read.resources] == ["Condition", "Patient"]


def test_equal_bytes_are_worked_on_once(clock):
    memory = WorkMemory(clock)

    first, second = memory.read(answer(source="gp")), memory.read(answer(source="hospital"))

    assert first.resources[0] is second.resources[0]
    assert (first.source_id, second.source_id) == ("gp", "hospital")


@pytest.mark.parametrize(
    ("passed", "is_remembered"), [(REMEMBERED_SECONDS - 1, True), (REMEMBERED_SECONDS, False)]
)
def test_work_is_forgotten_after_five_minutes_even_if_it_was_used(clock, passed, is_remembered):
    memory = WorkMemory(clock)
    first = memory.read(page(patient()))
    clock.seconds = REMEMBERED_SECONDS / 2
    memory.read(page(patient()))

    clock.seconds = passed

    assert (memory.read(page(patient())).resources[0] is first.resources[0]) is is_remembered


def test_the_oldest_work_is_forgotten_beyond_the_cap(clock):
    pages = [page(patient(f"p{number}")) for number in range(3)]
    memory = WorkMemory(clock, most_bytes=2 * len(pages[0].bodies[0]))
    first, second, third = (memory.read(each).resources[0] for each in pages)

    again = [memory.read(pages[number]).resources[0] for number in (2, 1, 0)]

    assert again[0] is third
    assert again[1] is second
    assert again[2] is not first


def test_nothing_is_remembered_for_longer_than_one_use_without_room(clock):
    memory = WorkMemory(clock, most_bytes=0)
    first = memory.read(page(patient()))

    assert memory.read(page(patient())).resources[0] is not first.resources[0]


def test_a_page_that_is_no_bundle_is_one_unreadable_thing():
    assert read_work(b'{"resourceType":"Patient"}').unreadable == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Condition/1", ("Condition/1",)),
        ("Condition/1/_history/2", ("Condition/1",)),
        ("https://a.example/fhir/Condition/1/_history/2", ("https://a.example/fhir/Condition/1",)),
        ("urn:uuid:6a1e", ("urn:uuid:6a1e",)),
        ("Location?identifier=s|7", ("Location?identifier=s|7",)),
        ("#inside", ()),
    ],
)
def test_a_reference_names_its_target_without_a_version(text, names):
    assert names_in_reference(text) == names


def test_a_resource_is_named_by_its_id_and_by_its_address():
    assert worked(resource("Condition"), "urn:uuid:6a1e").names == ("Condition/1", "urn:uuid:6a1e")
    assert worked(resource("Condition", None), "urn:uuid:6a1e").names == ("urn:uuid:6a1e",)


def test_a_resource_without_an_id_has_no_local_name():
    assert worked(resource("Condition", None)).local_name is None
    assert worked(resource("Condition", "7")).local_name == "Condition/7"


def test_what_a_resource_refers_to_is_known_by_name():
    done = worked(resource("Condition", encounter={"reference": "Encounter/1/_history/4"}))

    assert done.reference_names == {"Patient/p1", "Encounter/1"}


@pytest.mark.parametrize(
    ("content", "category", "is_served"),
    [
        (resource("Condition"), Category.PROBLEMS, True),
        (resource("CarePlan", category=[coded("736373009")]), Category.END_OF_LIFE, True),
        (resource("Medication"), None, True),
        (resource("Basic"), None, False),
    ],
)
def test_a_resource_has_the_category_of_its_type_and_codes(content, category, is_served):
    done = worked(content)

    assert (done.category, done.is_served) == (category, is_served)


@pytest.mark.parametrize("resource_type", ["List", "Provenance"])
def test_lists_and_provenance_only_speak_about_others(resource_type):
    assert worked(resource(resource_type)).annotates
    assert not worked(resource("Condition")).annotates


def test_a_contained_patient_is_found_by_its_id_if_there_is_only_one():
    inside = [patient("a"), patient("b"), patient("b", gender="male"), resource("Condition", "c")]
    done = worked(resource("Observation", contained=[*inside, 7]))

    assert b'"id": "a"' in done.contained_body("a")
    assert [done.contained_body(each) for each in ("b", "c", "d")] == [None, None, None]


def test_a_resource_that_was_read_tells_nothing_in_a_log():
    assert repr(worked(resource("Condition", note=[{"text": "private"}]))) == "Worked(Condition, …)"
