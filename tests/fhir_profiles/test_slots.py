import bz2
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from fhir_profiles.exact_slots import exact_template
from fhir_profiles.slots import template_of, usual_template
from fhir_profiles.spans import read_page, read_resource
from gateway.patient.splice import fill, no_address
from tests.resource_strategies import FORMATS, NUMBERED, read, resources, spliced, write

CATEGORY = {"system": "https://shared-care-record.example/CodeSystem/category", "code": "results"}
KNOWN = {
    "Patient/1": b"Patient/new",
    "urn:uuid:6a1e": b"Encounter/other",
    NUMBERED: b"Patient/new",
}
# Over half of what is drawn has to be left out, so a run can begin with many of those.
SLOW = settings(
    max_examples=250,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


def filled(template, resolve=KNOWN.get, address=no_address):
    pieces = fill(
        template,
        new_id=b"newid",
        source_uri=b"urn:scr:source:a",
        category=b"results",
        resolve=resolve,
        address=address,
    )
    return b"".join(pieces)


@SLOW
@given(resources(), FORMATS)
def test_every_value_but_the_spliced_ones_is_served_as_the_source_wrote_it(resource, style):
    body = write(resource, style)

    served = read(filled(exact_template(body)))

    def outward(text):
        return KNOWN[text].decode() if text in KNOWN else None

    assert served == spliced(read(body), "newid", "urn:scr:source:a", CATEGORY, outward)


@SLOW
@given(resources(), FORMATS)
def test_the_patterns_find_what_the_exact_scan_finds(resource, style):
    body = write(resource, style)

    usual = usual_template(body)

    if usual is not None:
        assert_same(usual, exact_template(body))


def assert_same(usual, exact):
    def address(url):
        return b"/ours/" + str(len(url)).encode()

    assert filled(usual) == filled(exact)
    assert filled(usual, address=address) == filled(exact, address=address)
    assert usual.references == exact.references
    assert [each.url for each in usual.attachment_slots] == [
        each.url for each in exact.attachment_slots
    ]


def test_the_patterns_find_in_published_resources_what_the_exact_scan_finds(sample_data: Path):
    by_patterns = 0
    for file in sorted((sample_data / "hl7_r4_examples").glob("**/*.json")):
        span = read_resource(file.read_bytes())
        if span is None:
            continue
        compact = json.dumps(json.loads(span.body), separators=(",", ":")).encode()
        for body in (span.body, compact):
            if (usual := usual_template(body)) is not None:
                by_patterns += 1
                assert_same(usual, exact_template(body))
    assert by_patterns > 100


ATTACHMENTS = [
    '"content":[{"attachment":{"contentType":"text/plain","url":"Binary/1","size":3,"title":"a"}}]',
    '"photo" : [ { "url" : "http://a" , "size" : 3 } ]',
    '"extension":[{"url":"u","valueString":"x"}],"presentedForm":[{"url":"a"}]',
    '"content":[{"attachment":{"url":"a"}},{"attachment":{"url":"b"}}],"author":{"reference":"X/1"}',
]


@pytest.mark.parametrize("members", ATTACHMENTS)
def test_the_usual_attachments_need_no_exact_scan(members):
    body = b'{"resourceType":"DocumentReference","id":"1","meta":{"a":"b"},%b}' % members.encode()

    usual = usual_template(body)

    assert usual is not None
    assert usual.attachment_slots
    assert_same(usual, exact_template(body))


@pytest.mark.parametrize(
    "members",
    [
        '"photo":[{"url":"a"},{"url":"b"}]',
        '"photo":[{"url":"a","_url":{"id":"x"}}]',
        '"photo":[{"url":"a\\/b"}]',
        '"photo":[{"url":null}]',
        '"photo":[{"url":"a","extension":[{"url":"u"}]}]',
        '"extension":[{"url":"u","contentType":"x"}],"photo":{"url":"a"}',
        '"extension":[{"url":"u"},{"url":"v"}],"photo":{"url":"a"}',
        '"other":{"url":"a","contentType":"x"}',
        '"subject":{"reference":"X/1","extension":[{"url":"u","valueAttachment":{"url":"a"}}]}',
        '"code":"url","photo":{"url":"a"}',
        '"photo":{"url":"a"},"subject":{"reference":"X\\/1"}',
    ],
)
def test_no_unusual_attachment_slips_past(members):
    body = b'{"resourceType":"DocumentReference","id":"1","meta":{"a":"b"},%b}' % members.encode()

    assert usual_template(body) is None


@pytest.mark.parametrize(
    "meta",
    [
        '{"extension":[{"url":"u","valueReference":{"reference":"Patient/1"}}]}',
        '{"extension":[{"url":"u","valueAttachment":{"url":"a"}}]}',
    ],
)
def test_what_stands_in_a_meta_is_left_to_the_exact_scan(meta):
    body = b'{"resourceType":"Observation","id":"1","meta":%b}' % meta.encode()

    assert usual_template(body) is None


@SLOW
@given(resources(), FORMATS)
def test_filling_a_resource_with_its_own_values_gives_its_bytes_back(resource, style):
    usual = {"resourceType": "Observation", "id": "local-1", "meta": {"versionId": "1"}}
    body = write(usual | {key: resource[key] for key in resource if key not in usual}, style)

    template = template_of(read_resource(body))
    assume(not template.attachment_slots)
    own = filled_with_its_own(template, style)

    assume(read(own) == read(body))  # so nothing had to be left out
    assert own == body


def filled_with_its_own(template, style):
    pieces = list(template.pieces)
    pieces[template.id_at] = b"local-1"
    pieces[template.meta.at] = template.meta.before.removesuffix(b',"source":"') + b"}"
    for slot in template.reference_slots:
        pieces[slot.at] = slot.before + write(slot.target, style)[1:-1] + slot.after
    return b"".join(pieces)


def test_a_published_record_is_read_by_patterns_alone_and_loses_nothing(sample_data: Path):
    folder = sample_data / "hl7_r4_examples"
    resources_read = 0
    for file in sorted(folder.glob("**/*.json"))[:150]:
        span = read_resource(file.read_bytes())
        if span is None:
            continue
        resources_read += 1

        served = read(filled(template_of(span), lambda _text: None))

        assert served == spliced(
            read(span.body), "newid", "urn:scr:source:a", CATEGORY, lambda _text: None
        )
    assert resources_read > 50


@pytest.mark.parametrize(
    "reference",
    [
        '{"reference":"Patient/2"}',
        '{ "reference" : "Patient/2" }',
        '{"display":"x","reference":"Patient/2"}',
        '{"re\\u0066erence":"Patient/2"}',
        '{"reference":"Patient\\/2"}',
        '{"reference":"Patient/2","identifier":{"value":"7"}}',
        '{"reference":"Patient/2","extension":[{"valueReference":{"reference":"Patient/2"}}]}',
        '{"reference":"#a","reference":"Patient/2"}',
        '{"display":"Patient"}',
        '{"type":"Patient","display":"x"}',
        '{ "type" : "Patient" , "display" : "x" }',
        '{"identifier":{"system":"s","value":"Patient"}}',
        '{"id":"Patient","identifier" : {"value":"7"}}',
        '{"reference":null,"display":"Patient"}',
        '{"_display":{"id":"a"},"display":"Patient"}',
        '{"extension":[{"url":"u","valueString":"\\"code\\":\\"1\\""}],"display":"Patient"}',
    ],
)
def test_no_spelling_of_a_reference_slips_past(reference):
    body = b'{"resourceType":"Observation","id":"1","subject":%b}' % reference.encode()

    served = filled(usual_template(body) or exact_template(body))

    assert b"Patient" not in served
    assert json.loads(served)["subject"]["extension"][0]["valueCode"] == "unknown"


@pytest.mark.parametrize(
    "member",
    [
        '"text":{"status":"generated","div":"SECRET"}',
        '"text" : {"div":"SECRET","extension":[{"url":"u"}]}',
        '"te\\u0078t":{"div":"SECRET"}',
        '"section":[{"title":"a","text":{"div":"SECRET"}}]',
        '"contained":[{"text":{"div":"SECRET"},"resourceType":"Patient"}]',
        '"code":{"text":{"div":"SECRET"},"coding":[]}',
        '"a":{"text":{"div":"SECRET"}}',
        '"text":{"div":"} \\" SECRET"}',
    ],
)
@pytest.mark.parametrize("place", ["TYPE,ID,MEMBER", "MEMBER,TYPE,ID", 'TYPE,ID,MEMBER,"x":1'])
def test_no_narrative_is_left_at_any_depth(member, place):
    members = place.replace("TYPE", '"resourceType":"Observation"').replace("ID", '"id":"1"')
    body = ("{" + members.replace("MEMBER", member) + "}").encode()

    served = filled(usual_template(body) or exact_template(body))

    assert b"SECRET" not in served
    assert json.loads(served)["id"] == "newid"


def test_the_address_of_an_attachment_is_never_served():
    body = (
        b'{"resourceType":"DiagnosticReport","id":"1","extension":[{"url":"http://kept"}],'
        b'"presentedForm":[{"url":"http://hidden","_url":{"id":"a"},"title":"t"}]}'
    )

    served = json.loads(filled(template_of(read_resource(body))))

    assert served["presentedForm"][0]["title"] == "t"
    assert "url" not in served["presentedForm"][0]
    assert served["extension"] == [{"url": "http://kept"}]


@pytest.mark.parametrize(
    "meta", ["null", "[]", '"x"', "{}", "{ }", '{"tag":null}', '{"tag":{"code":"a"}}']
)
def test_a_meta_of_any_shape_is_replaced_by_a_sound_one(meta):
    body = b'{"resourceType":"Observation","id":"1","meta":%b,"status":"final"}' % meta.encode()

    served = json.loads(filled(template_of(read_resource(body))))

    assert served["meta"]["source"] == "urn:scr:source:a"
    assert served["meta"]["tag"][-1] == CATEGORY
    assert served["status"] == "final"


def test_templates_and_their_slots_tell_nothing_in_a_repr():
    body = b'{"resourceType":"Observation","id":"SECRET","subject":{"reference":"Patient/SECRET"}}'

    template = template_of(read_resource(body))

    assert "SECRET" not in repr(template) + repr(template.reference_slots) + repr(template.meta)


def test_synthetic_records_need_no_exact_scan(sample_data: Path):
    file = next(iter(sorted((sample_data / "synthea_r4_bundles").glob("1ae8d602*.bz2"))))
    bundle = json.loads(bz2.decompress(file.read_bytes()))
    page = read_page(json.dumps(bundle, separators=(",", ":")).encode())

    unusual = [span for span in page.resources if usual_template(span.body) is None]

    assert len(page.resources) > 400
    assert len(unusual) < len(page.resources) / 4
