import json

import pytest

from fhir_profiles.attachment_addresses import with_addresses


def body_of(**members):
    return json.dumps({"resourceType": "DocumentReference", **members}).encode()


def ours(url):
    return {"https://a.example/1": b"Binary/one"}.get(url)


def test_each_address_is_replaced_and_every_other_byte_kept():
    held = [{"attachment": {"title": "x", "url": "https://a.example/1"}}] * 2
    body = body_of(content=held, extension=[{"url": "https://kept.example"}])

    assert with_addresses(body, ours) == body.replace(b"https://a.example/1", b"Binary/one")


def test_an_address_that_is_not_given_says_that_it_is_not():
    body = body_of(content=[{"attachment": {"url": "https://b.example/1", "title": "x"}}])

    [content] = json.loads(with_addresses(body, ours))["content"]

    assert content["attachment"].keys() == {"_url", "title"}


def test_an_address_is_known_however_its_letters_are_written():
    body = body_of(content=[{"attachment": {"url": "https://a.example/1"}}])
    escaped = body.replace(b'"url"', b'"\\u0075rl"').replace(b"https://a", b"https:\\/\\/a")

    assert json.loads(with_addresses(escaped, ours)) == json.loads(with_addresses(body, ours))


def test_an_attachment_within_another_is_replaced_in_order():
    inner = {"contentType": "x/y", "url": "https://a.example/1"}
    outer = {"contentType": "x/y", "extension": [{"valueAttachment": inner}], "url": "https://b"}

    told = json.loads(with_addresses(body_of(content=[{"attachment": outer}]), ours))

    held = told["content"][0]["attachment"]
    assert held["extension"][0]["valueAttachment"]["url"] == "Binary/one"
    assert "url" not in held


@pytest.mark.parametrize("body", [body_of(), body_of(extension=[{"url": "https://x"}])])
def test_a_resource_without_attachments_stays_as_it_is(body):
    assert with_addresses(body, ours) == body


def test_an_address_with_more_to_it_than_text_is_not_told_at_all():
    attachment = {"url": "https://a.example/1", "_url": {"id": "x"}}

    assert with_addresses(body_of(content=[{"attachment": attachment}]), ours) is None
