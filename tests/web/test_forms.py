import pytest
from starlette.requests import Request

from adapters.contract import FindRequest
from fhir_profiles.nhs_number import NhsNumber
from gateway.errors import BadRequestError, RefusedError
from gateway.web.find_form import read_find_form
from gateway.web.forms import FORM_BYTES_AT_MOST, read_form
from gateway.web.sessions import Session
from tests.web.factories import PRINCIPAL

FORM = "application/x-www-form-urlencoded"
SESSION = Session(PRINCIPAL, "hash", "token")


class _Settings:
    base_url = "https://record.example"
    allowed_hosts = ("other.example",)


def request(body=b"form_token=token&a=1", content_type=FORM, origin=None):
    headers = [(b"content-type", content_type.encode())]
    headers += [(b"origin", origin.encode())] if origin else []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


@pytest.mark.parametrize("origin", [None, "https://record.example", "https://other.example"])
async def test_a_form_of_our_own_page_is_read(origin):
    fields = await read_form(request(origin=origin), SESSION, _Settings())

    assert fields["a"] == "1"


@pytest.mark.parametrize(
    "sent",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://record.example"},
        {"origin": "null"},
        {"body": b"a=1"},
        {"body": b"form_token=other"},
        {"body": b"", "content_type": FORM},
        {"content_type": "application/json"},
        {"content_type": "text/plain"},
    ],
)
async def test_ui_02_a_form_that_is_not_of_this_sessions_own_page_is_refused(sent):
    with pytest.raises(RefusedError) as refused:
        await read_form(request(**sent), SESSION, _Settings())

    assert refused.value.reason == "form-not-ours"


@pytest.mark.parametrize(
    "body",
    [
        b"form_token=token&form_token=token",
        b"form_token=token&a=%00",
        b"form_token=token&a=%0a",
        b"form_token=token&a=%ff",
        b"form_token=token&a",
        "form_token=token&a=é".encode(),
        b"form_token=token&a=" + b"x" * FORM_BYTES_AT_MOST,
        b"form_token=token&text=%00",
        b"form_token=token&text=" + b"x" * 2001,
    ],
)
async def test_a_form_in_another_shape_is_refused(body):
    with pytest.raises(BadRequestError):
        await read_form(request(body=body), SESSION, _Settings(), frozenset({"text"}))


async def test_a_field_for_text_takes_several_lines():
    body = b"form_token=token&text=one%0d%0atwo"

    fields = await read_form(request(body=body), SESSION, _Settings(), frozenset({"text"}))

    assert fields["text"] == "one\r\ntwo"


BORN = {"birth_day": "27", "birth_month": "3", "birth_year": "1957"}


def test_a_number_is_taken_with_or_without_spaces():
    assert read_find_form({"nhs_number": " 999 000 0018"}) == NhsNumber("9990000018")


def test_a_name_and_a_birth_date_are_enough():
    wanted = read_find_form(
        {"family_name": " O'Brien-Łuk ", **BORN, "given_name": "", "postcode": ""}
    )

    assert wanted == FindRequest("O'Brien-Łuk", "1957-03-27")


def test_given_name_and_postcode_are_taken_too():
    wanted = read_find_form(
        {"family_name": "Ng", **BORN, "given_name": "Mei Lin", "postcode": "n1 1aa"}
    )

    assert wanted == FindRequest("Ng", "1957-03-27", "Mei Lin", None, "n1 1aa")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"nhs_number": ""}, ["nhs_number"]),
        ({"nhs_number": "9990000019"}, ["nhs_number"]),
        ({}, ["family_name", "birth_day"]),
        ({"family_name": "*", **BORN}, ["family_name"]),
        ({"family_name": "Ng", **BORN, "birth_day": "31", "birth_month": "2"}, ["birth_day"]),
        ({"family_name": "Ng", **BORN, "birth_year": "57"}, ["birth_day"]),
        ({"family_name": "Ng", **BORN, "birth_year": "٢٠٢٠"}, ["birth_day"]),
        ({"family_name": "Ng", **BORN, "given_name": "1"}, ["given_name"]),
        ({"family_name": "Ng", **BORN, "postcode": "N1"}, ["postcode"]),
    ],
)
def test_what_cannot_be_asked_is_named_field_by_field_without_echoing_it(fields, wrong):
    errors = read_find_form(fields)

    assert [error.field for error in errors] == wrong
