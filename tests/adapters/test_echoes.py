import pytest

from adapters.echoes import echoes

TOKEN = "0123456789/abcdef"
SENT = {"Accept": "application/fhir+json", "Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("body", "is_found"),
    [
        (b'{"a":"0123456789/abcdef"}', True),
        (b'{"a":"0123456789\\/abcdef"}', True),
        (b'{"a":"Bearer 0123456789/abcdef"}', True),
        (b'{"a":"0123456789/abcde"}', False),
        (b'{"a":"application/fhir+json Bearer"}', False),
        (b"", False),
    ],
)
def test_a_credential_is_found_as_it_is_and_with_escaped_slashes(body: bytes, is_found: bool):
    assert echoes(body, SENT) is is_found


@pytest.mark.parametrize("sent", [{}, {"authorization": ""}, {"authorization": "Bearer short"}])
def test_nothing_is_found_where_nothing_telling_was_sent(sent: dict[str, str]):
    assert not echoes(b"Bearer short", sent)
