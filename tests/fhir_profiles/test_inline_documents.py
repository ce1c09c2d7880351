"""Taking documents out of the resources that they stand in."""

import json

import pytest

from fhir_profiles.inline_documents import without_inline_content

DEAR = "RGVhcg=="


def body_of(**members):
    return json.dumps({"resourceType": "DiagnosticReport", **members}).encode()


@pytest.mark.parametrize(
    "members",
    [
        {"presentedForm": [{"contentType": "x/y", "data": DEAR}]},
        {"presentedForm": [{"data": DEAR}]},
        {"presentedForm": [{"_data": {"extension": [{"valueBase64Binary": DEAR}]}}]},
        {"presentedForm": [{"title": "x", "data": DEAR, "_data": {"id": DEAR}, "size": 4}]},
        {"presentedForm": [{"_data": {"id": DEAR}, "title": "x", "data": DEAR}]},
        {"content": [{"attachment": {"data": DEAR}}]},
        {"extension": [{"url": "x", "valueAttachment": {"data": DEAR}}]},
        {"contained": [{"resourceType": "Binary", "contentType": "x/y", "data": DEAR}]},
        {"presentedForm": [{"_data": {"contentType": "x/y", "data": DEAR}}]},
    ],
)
def test_what_stands_in_an_attachment_is_taken_out(members):
    left = without_inline_content(body_of(**members, note=[{"text": "kept"}]))

    read = json.loads(left)
    assert DEAR.encode() not in left
    assert left.count(b'"_data"') == 1
    assert read["note"] == [{"text": "kept"}]


def test_every_other_byte_is_kept():
    body = body_of(presentedForm=[{"title": "x", "data": DEAR, "size": 4.0}])

    stub = without_inline_content(b'{"photo":{"data":"1"}}')[len(b'{"photo":{') : -2]

    assert without_inline_content(body) == body.replace(b'"data": "%b"' % DEAR.encode(), stub)


def test_content_is_known_however_its_letters_are_written():
    body = body_of(presentedForm=[{"data": DEAR}]).replace(b'"data"', b'"d\\u0061ta"')

    assert DEAR.encode() not in without_inline_content(body)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"presentedForm": [{"contentType": "x/y", "url": "Binary/1"}]},
        {"valueSampledData": {"data": "1 2 3"}},
        {"data": DEAR},
    ],
)
def test_where_nothing_stands_nothing_is_changed(members):
    assert without_inline_content(body_of(**members)) is None
