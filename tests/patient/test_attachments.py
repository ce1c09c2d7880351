"""Which attachments get an address of ours, and for whom."""

import json
from dataclasses import replace

import pytest

from fhir_profiles.vocabulary import Category
from gateway.patient.directory import SourceDirectory
from gateway.patient.ids import derived_id
from rbac.types import Act, Level, Levels
from tests.patient.factories import (
    PATIENT_ID,
    answer,
    joined,
    known_source,
    labelled,
    levels,
    rendered,
    resource,
)

HERE = "https://hospital.example/fhir/Binary/"


class Shelf:
    """A source that holds what lies below its own base, and is not asked for any of it here."""

    def holds(self, address):
        return address.startswith((HERE, "Binary/"))


SHELF = Shelf()
DIRECTORY = SourceDirectory(
    (known_source("hospital", "RRV", documents_for=lambda _practice: SHELF),)
)


def letter(*urls, resource_type="DocumentReference", **members):
    held = [{"attachment": {"contentType": "text/plain", "url": url}} for url in urls]
    return resource(resource_type, **{"content": held, **members})


def opening(seen=None):
    seen = seen or levels()
    return Levels(seen.view, seen.acts | {(Act.OPEN_DOCUMENT, Category.DOCUMENTS)})


def the_letter(content, directory=DIRECTORY, **changes):
    view = joined(answer(content), directory=directory, **{"levels": opening(), **changes})
    kinds = {"DocumentReference", "DiagnosticReport", "Media", "Observation"}
    [item] = [each for each in view.items if each.resource_type in kinds]
    return item


def told(item):
    return [each["attachment"].get("url") for each in rendered(item)["content"]]


def test_an_attachment_has_an_address_of_ours_made_from_the_items_id():
    item = the_letter(letter(HERE + "1", "Binary/2", HERE + "1"))

    assert [each.address for each in item.attachments] == [HERE + "1", "Binary/2"]
    first, second = item.attachments
    assert told(item) == [f"Binary/{each.id}" for each in (first, second, first)]
    assert first.id == derived_id(PATIENT_ID, (item.id, "attachment", HERE + "1"))
    assert HERE not in repr(first)


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/fhir/Binary/1", "http://169.254.169.254/"]
)
def test_an_address_that_is_not_the_sources_own_is_not_told(url):
    item = the_letter(letter(url))

    assert (item.attachments, told(item)) == ((), [None])


@pytest.mark.parametrize(
    "changes",
    [
        {"levels": levels()},
        {"levels": opening(levels(documents=Level.SUMMARY))},
        {"levels": opening(levels(documents=Level.MASK))},
        {"directory": SourceDirectory((known_source("hospital", "RRV"),))},
    ],
)
def test_nothing_is_opened_by_who_may_not_or_is_not_shown_it_whole(changes):
    item = the_letter(letter(HERE + "1"), **changes)

    assert item.attachments == ()
    assert HERE not in json.dumps(rendered(item))


def test_what_its_source_has_withdrawn_is_not_opened():
    assert the_letter(letter(HERE + "1", status="entered-in-error")).attachments == ()


def test_a_letter_that_is_withdrawn_behind_its_entry_is_not_opened():
    assert the_letter(letter(HERE + "1", docStatus="entered-in-error")).attachments == ()
    assert the_letter(letter(HERE + "1", docStatus="final")).attachments


def test_of_a_person_whose_whereabouts_are_hidden_nothing_is_opened():
    form = [{"contentType": "x/y", "url": HERE + "1"}]
    given = answer(letter(HERE + "1"), resource("DiagnosticReport", "2", presentedForm=form))

    view = joined(given, directory=DIRECTORY, levels=opening(), hides_whereabouts=True)

    assert [each for each in view.items if each.attachments] == []
    assert HERE.encode() not in b"".join(part for each in view.items for part in each.render())


def test_a_hidden_document_is_no_item_and_so_has_no_attachment():
    view = joined(
        answer(letter(HERE + "1", meta=labelled("sealed"))), directory=DIRECTORY, levels=opening()
    )

    assert [each for each in view.items if each.attachments] == []


def test_only_documents_and_reports_are_opened():
    report = resource("DiagnosticReport", presentedForm=[{"contentType": "x/y", "url": HERE + "1"}])
    odd = resource("Observation", valueAttachment={"contentType": "x/y", "url": HERE + "1"})

    assert the_letter(report).attachments
    assert the_letter(odd).attachments == ()


def test_the_original_of_a_document_has_our_address_and_never_the_sources():
    item = the_letter(letter(HERE + "1"))
    closed = the_letter(letter(HERE + "1"), levels=levels())

    opened = json.loads(item.original())["content"][0]["attachment"]
    assert opened["url"] == f"Binary/{item.attachments[0].id}"
    assert HERE.encode() not in closed.original()


def test_there_is_no_original_of_an_attachment_whose_address_has_more_to_it():
    content = letter(HERE + "1")
    content["content"][0]["attachment"]["_url"] = {"extension": [{"url": "x", "valueUri": HERE}]}

    assert the_letter(content).original() is None


def test_the_registered_practice_chooses_whose_documents_are_opened():
    asked = []
    directory = replace(
        DIRECTORY,
        sources=(known_source("hospital", documents_for=lambda each: asked.append(each) or SHELF),),
    )

    the_letter(letter(HERE + "1"), directory)

    assert asked == ["F84004"]
