import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_profiles.headers import (
    Coding,
    codings_of,
    security_of,
    subject_of,
)
from fhir_profiles.spans import UnreadablePageError, read_page, read_resource
from tests.resource_strategies import FORMATS, read, resources, write

OBSERVATION = {
    "resourceType": "Observation",
    "id": "1",
    "status": "final",
    "subject": {"reference": "Patient/1"},
}


def bundle(*bodies, extra=b""):
    entries = b",".join(b'{"fullUrl":"urn:uuid:1","resource":%b}' % body for body in bodies)
    return b'{"resourceType":"Bundle","type":"searchset"%b,"entry":[%b]}' % (extra, entries)


def compact(resource):
    return write(resource, {"separators": (",", ":")})


@settings(max_examples=150)
@given(st.lists(resources(), max_size=4), FORMATS)
def test_every_resource_of_a_page_keeps_its_bytes(members, style):
    page = {"resourceType": "Bundle", "entry": [{"resource": each} for each in members]}
    body = write(page, style)

    found = read_page(body)

    assert found.unreadable == 0
    assert [read(span.body) for span in found.resources] == [
        entry["resource"] for entry in read(body)["entry"]
    ]
    assert all(span.body in body for span in found.resources)


@settings(max_examples=60)
@given(resources(), FORMATS, st.data())
def test_a_page_cut_off_anywhere_is_refused_whole(resource, style, data):
    body = write({"resourceType": "Bundle", "entry": [{"resource": resource}]}, style)
    cut = data.draw(st.integers(0, len(body) - 1))

    with pytest.raises(UnreadablePageError):
        read_page(body[:cut])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b"{}",
        b"\xef\xbb\xbf" + bundle(),
        bundle() + b"x",
        bundle() + bundle(),
        bundle(b'{"resourceType":"Observation","valueQuantity":{"value":NaN}}'),
        bundle(b'{"resourceType":"Observation","note":"\xff"}'),
        bundle(b'{"resourceType":"Observation","x":' + b"[" * 1000 + b"]" * 1000 + b"}"),
        bundle(b'{"resourceType":"Observation","x":"\\ud800"}'),
        b'{"resourceType":"Observation","entry":[]}',
        bundle(extra=b',"type":"collection"'),
        bundle(extra=b',"\\u0074otal":1'),
        b'{"resourceType":"Bundle","entry":[],"entry":[]}',
        b'{"resourceType":"Bundle","entry":{}}',
        b'{"resourceType":5}',
        b'{"resourceType":"Bundle","link":[{"relation":"next","url":"a"},{"relation":"next","url":"b"}]}',
    ],
)
def test_what_is_not_exactly_one_bundle_is_refused(body):
    with pytest.raises(UnreadablePageError) as refused:
        read_page(body)

    assert refused.value.__cause__ is None or isinstance(
        refused.value.__cause__, msgspec.MsgspecError
    )


def test_every_published_invalid_text_is_refused(sample_data: Path):
    files = sorted((sample_data / "JSONTestSuite" / "test_parsing").glob("n_*.json"))
    for file in files:
        body = bundle(b'{"resourceType":"Observation","x":' + file.read_bytes() + b"}")

        with pytest.raises(UnreadablePageError):
            read_page(body)
    assert len(files) > 150


@pytest.mark.parametrize(
    "body",
    [
        b"5",
        b"null",
        b"[]",
        b"{}",
        b'{"resourceType":7}',
        b'{"resourceType":"Obs\\"ervation"}',
        b'{"resourceType":"Observation","id":"1","id":"2"}',
        b'{"resourceType":"Observation","unheard-of":1,"unheard-of":2}',
        b'{"resourceType":"Observation","subject":{"reference":"Patient/1","reference":"Patient/2"}}',
        b'{"resourceType":"Observation","sub\\u006aect":{"reference":"Patient/2"}}',
        b'{"resourceType":"Observation","subject":{"re\\u0066erence":"Patient/2"}}',
        b'{"resourceType":"Observation","meta":{"security":[{"code":"R"}],"security":[]}}',
        b'{"resourceType":"Observation","odd":1,"meta":{"security":[{"code":"R","code":"N"}]}}',
        b'{"resourceType":"Observation","odd":1,"meta":{"tag":[],"tag":[]}}',
        b'{"resourceType":"Patient","identifier":[{"value":"1","value":"2"}]}',
        b'{"resourceType":"Observation","status":3,"code":{"text":"a","text":"b"}}',
        b'{"resourceType":"Observation","status":3,"\\u0061":1}',
    ],
)
def test_a_resource_that_two_readers_could_read_differently_is_counted(body):
    whole = compact(OBSERVATION)

    page = read_page(bundle(body, whole))

    assert [span.body for span in page.resources] == [whole]
    assert page.unreadable == 1


@pytest.mark.parametrize(
    "entry",
    [
        b'{"resource":{"resourceType":"Observation"},"resource":{"resourceType":"Flag"}}',
        b"5",
        b'{"re\\u0073ource":{"resourceType":"Observation"}}',
    ],
)
def test_an_entry_that_two_readers_could_read_differently_is_counted(entry):
    page = read_page(b'{"resourceType":"Bundle","entry":[%b]}' % entry)

    assert (page.resources, page.unreadable) == ((), 1)


def test_an_entry_without_a_resource_is_nothing():
    page = read_page(b'{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:1"},{"x":1}]}')

    assert (page.resources, page.unreadable) == ((), 0)


@pytest.mark.parametrize("style", [{"separators": (",", ":")}, {"indent": 2}])
def test_a_page_tells_its_links_total_and_search_modes(style):
    page = read_page(
        write(
            {
                "resourceType": "Bundle",
                "type": "searchset",
                "total": 7,
                "link": [{"relation": "self", "url": "a"}, {"relation": "next", "url": "b"}],
                "entry": [
                    {"fullUrl": "u", "resource": OBSERVATION, "search": {"mode": "match"}},
                    {"resource": {"resourceType": "OperationOutcome"}},
                ],
            },
            style,
        )
    )

    assert (page.next_link, page.total, page.bundle_type) == ("b", 7, "searchset")
    assert [(span.full_url, span.search_mode) for span in page.resources] == [
        ("u", "match"),
        (None, None),
    ]


def test_a_total_that_is_no_number_is_no_total():
    assert read_page(bundle(extra=b',"total":"7"')).total is None


def test_elements_of_wrong_types_flag_a_resource_and_do_not_drop_it():
    odd = OBSERVATION | {"status": 3, "code": {"coding": {"code": "a"}, "text": 5}, "issued": 1e400}

    (span,) = read_page(bundle(compact(odd).replace(b"Infinity", b"1e999"))).resources

    assert span.is_lenient
    assert span.header.status is None
    assert list(codings_of(span.header)) == [(None, "a")]
    assert subject_of(span.header).reference == "Patient/1"


@pytest.mark.parametrize(
    ("meta", "labels"),
    [
        ({"security": [{"system": "s", "code": 5}]}, [Coding(system="s")]),
        ({"security": ["R", {"code": "N"}]}, [Coding(), Coding(code="N")]),
        ({"security": {"code": "R"}}, [Coding(code="R")]),
        ({"security": 5}, [Coding()]),
        ({"security": None}, []),
        ("R", [Coding()]),
        (None, []),
    ],
)
def test_a_security_label_that_cannot_be_read_stays_a_label(meta, labels):
    span = read_resource(compact(OBSERVATION | {"meta": meta, "status": 3}))

    assert list(security_of(span.header)) == labels


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"{" + b'"a":{' * 2000])
def test_a_lone_resource_that_cannot_be_read_is_none(body):
    assert read_resource(body) is None


def test_spans_pages_and_headers_tell_nothing_in_a_repr():
    page = read_page(bundle(compact(OBSERVATION | {"id": "SECRET"})))

    told = repr(page) + repr(page.resources) + repr(page.resources[0].header)

    assert "SECRET" not in told
    assert "Patient/1" not in told


def test_writing_a_text_never_makes_it_longer():
    # The whole check for repeated keys rests on this property of the encoder.
    for number in [*range(0x3000), 0xFFFD, 0x1F600]:
        if not 0xD800 <= number < 0xE000:
            plain = json.dumps(chr(number), ensure_ascii=False).encode()
            assert len(msgspec.json.encode(chr(number))) <= len(plain)
