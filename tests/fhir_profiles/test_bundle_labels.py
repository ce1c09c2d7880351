"""A Bundle's own labels are read with its resources, or the whole page is not."""

import json

import pytest

from fhir_profiles.spans import UnreadablePageError, read_page

ENTRIES = '"entry":[{"resource":{"resourceType":"Flag","id":"1"}}]'


def page(meta, gap=""):
    return f'{{"resourceType":"Bundle",{gap}"meta":{meta},{ENTRIES}}}'.encode()


@pytest.mark.parametrize("gap", ["", " "])
def test_the_labels_of_a_bundle_are_read_however_it_is_written(gap):
    found = read_page(page('{"security":[{"system":"urn:s","code":"R"},{"code":"PSY"}]}', gap))

    assert [(each.system, each.code) for each in found.security] == [("urn:s", "R"), (None, "PSY")]
    assert len(found.resources) == 1


@pytest.mark.parametrize("gap", ["", " "])
@pytest.mark.parametrize("meta", ["null", "{}", '{"security":null}', '{"versionId":"1"}'])
def test_a_bundle_without_labels_has_none(meta, gap):
    assert read_page(page(meta, gap)).security == ()
    assert read_page(f'{{"resourceType":"Bundle",{ENTRIES}}}'.encode()).security == ()


@pytest.mark.parametrize("gap", ["", " "])
@pytest.mark.parametrize(
    "meta",
    [
        "5",
        "[]",
        '{"security":5}',
        '{"security":[5]}',
        '{"security":[{"code":5}]}',
        '{"security":[],"security":[{"code":"R"}]}',
        '{"security":[{"code":"N","code":"R"}]}',
        json.dumps({"security": [{"code": "R"}]}).replace("security", "\\u0073ecurity"),
        json.dumps({"security": [{"code": "R"}]}).replace("code", "\\u0063ode"),
    ],
)
def test_a_bundle_on_whose_labels_readers_could_differ_is_not_read(meta, gap):
    with pytest.raises(UnreadablePageError):
        read_page(page(meta, gap))
