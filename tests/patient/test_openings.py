"""What is hidden is not opened by a way round: by what refers to it, shares its document, or holds it inside."""

import json

import pytest

from rbac.types import Level
from tests.patient.factories import (
    WITHOUT_IMAGES,
    answer,
    joined,
    labelled,
    levels,
    rendered,
    resource,
)
from tests.patient.test_attachments import DIRECTORY, HERE, letter, opening

SEALED = labelled("sealed")
FORM = [{"contentType": "x/y", "url": HERE + "1"}]
DEAR = "RGVhcg=="


def to(*names):
    return [{"reference": name} for name in names]


def report(**members):
    return resource("DiagnosticReport", "r", **{"presentedForm": FORM, **members})


def observation(local_id, **members):
    return resource("Observation", local_id, **members)


def opened(*resources, seen=None, **changes):
    view = joined(answer(*resources, **changes), directory=DIRECTORY, levels=seen or opening())
    return sorted(each.header.id for each in view.items if each.attachments)


@pytest.mark.parametrize(
    "resources",
    [
        (report(result=to("Observation/o")), observation("o", meta=SEALED)),
        (
            report(result=to("https://other.example/Observation/o/_history/2")),
            observation("o", meta=SEALED),
        ),
        (
            report(result=to("Observation/p")),
            observation("p", hasMember=to("Observation/o", "Observation/p")),
            observation("o", meta=SEALED),
        ),
        (
            report(result=[{"type": "Observation", "identifier": {"system": "x", "value": "1"}}]),
            observation("o", meta=SEALED),
        ),
        (
            letter(HERE + "1", local_id="r", context={"encounter": to("Encounter/e")}),
            resource("Encounter", "e", meta=SEALED),
        ),
    ],
)
def test_what_leads_to_a_hidden_item_is_not_opened(resources):
    assert opened(*resources) == []
    assert opened(*({**each, "meta": {}} for each in resources)) == ["r"]


def test_what_leads_to_an_item_of_which_a_part_is_shown_is_not_opened():
    seen = opening(levels(encounters=Level.SUMMARY))
    content = letter(HERE + "1", local_id="r", context={"encounter": to("Encounter/e")})

    assert opened(content, resource("Encounter", "e"), seen=seen) == []


def test_what_leads_to_nothing_of_the_record_is_opened():
    assert opened(report(result=to("Observation/o"), subject=to("Patient/p1")[0])) == ["r"]


@pytest.mark.parametrize(
    ("other", "is_open"),
    [
        ({"meta": SEALED}, False),
        ({"status": "entered-in-error"}, False),
        ({"docStatus": "entered-in-error"}, False),
        ({}, True),
    ],
)
@pytest.mark.parametrize("address", [HERE + "1", "Binary/1", "Binary/1/_history/2"])
def test_a_document_that_a_hidden_or_withdrawn_item_shares_is_not_opened(address, other, is_open):
    shared = letter(address, local_id="2", description="Another", **other)

    assert ("1" in opened(letter(HERE + "1"), shared)) is is_open


def test_another_document_is():
    hidden = letter(HERE + "2", "https://elsewhere.example/1", local_id="2", meta=SEALED)

    assert opened(letter(HERE + "1"), hidden) == ["1"]


def test_a_document_that_says_it_belongs_to_what_is_shown_in_part_is_not_in_view():
    seen = opening(levels(encounters=Level.SUMMARY))
    given = answer(letter(HERE + "1"), resource("Encounter", "e"))

    view = joined(given, directory=DIRECTORY, levels=seen)

    [attachment] = [each for item in view.items for each in item.attachments]
    assert attachment.in_view("Encounter/e") is None
    assert attachment.in_view("Patient/p1") is not None


def inline(seen, *resources, **changes):
    held = [{"contentType": "x/y", "data": DEAR}]
    content = resource("DiagnosticReport", "r", presentedForm=held)
    view = joined(answer(content, *resources), directory=DIRECTORY, levels=seen, **changes)
    [item] = [each for each in view.items if each.resource_type == "DiagnosticReport"]
    return json.dumps(rendered(item)), item.original()


def test_a_document_that_stands_in_its_item_reaches_who_may_open_documents():
    told, original = inline(opening())

    assert DEAR in told
    assert DEAR.encode() in original


def test_and_nobody_else():
    told, original = inline(levels())

    assert (DEAR in told, original) == (False, None)


def test_and_not_without_an_agreement_on_images_because_it_may_be_one():
    told, original = inline(opening(), sharing=WITHOUT_IMAGES)

    assert (DEAR in told, original) == (False, None)


def test_the_document_in_an_item_of_another_kind_is_not_told():
    photo = [{"contentType": "x/y", "data": DEAR}]
    form = resource("Observation", "o", valueAttachment=photo[0])

    view = joined(answer(form), directory=DIRECTORY, levels=opening())

    [item] = [each for each in view.items if each.resource_type == "Observation"]
    assert DEAR not in json.dumps(rendered(item))
