"""Where the audit is fed to: in clear to this machine alone, with whole certificates, and no secret told."""

import pytest

from gateway.settings import SettingsError, read_settings
from tests.test_settings import WHOLE


@pytest.fixture
def in_a_file(tmp_path):
    """Write a settings file and read it, with an environment."""

    def reading(text="", **environment):
        path = tmp_path / "scr.toml"
        path.write_text(WHOLE + text, encoding="utf-8")
        return read_settings(path, environment)

    return reading


def feed(**members):
    lines = [f'{name} = "{value}"' for name, value in members.items()]
    return "\n".join(["", "[audit_feed]", *lines, ""])


CERTIFICATE = {"certificate_file": "c.pem", "private_key_file": "k.pem"}


def test_without_the_part_the_audit_is_fed_to_nobody(in_a_file):
    assert in_a_file().audit_feed is None


def test_a_receiver_of_the_audit_is_reached_as_its_part_says(in_a_file):
    secret = "a-long-enough-token"

    told = in_a_file(
        feed(
            url="https://audit.example/fhir",
            token=secret,
            trusted_roots_file="r.pem",
            **CERTIFICATE,
        )
    ).audit_feed

    assert (told.config.base_url, told.config.auth.secret) == ("https://audit.example/fhir", secret)
    assert list(map(str, vars_of(told.config.tls))) == ["r.pem", "c.pem", "k.pem"]
    assert secret not in repr(told)


def vars_of(files):
    return files.trusted_roots, files.client_certificate, files.client_key


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/fhir", "http://localhost/fhir"])
def test_on_this_machine_a_receiver_may_be_reached_in_clear(in_a_file, url):
    assert in_a_file(feed(url=url)).audit_feed.config.base_url == url


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({}, "audit_feed.url"),
        ({"url": "http://audit.example/fhir"}, "https"),
        ({"url": "ftp://audit.example"}, "audit_feed.url"),
        ({"url": "https://audit.example/fhir?x=1"}, "audit_feed.url"),
        ({"url": "https://user@audit.example/fhir"}, "no user"),
        ({"url": "https://audit.example", "token": "short"}, "audit_feed.token"),
        ({"url": "https://audit.example", "certificate_file": "c.pem"}, "belong together"),
        ({"url": "https://audit.example", "private_key_file": "k.pem"}, "belong together"),
        ({"url": "https://audit.example", "retries": "1"}, "audit_feed.retries"),
    ],
)
def test_a_receiver_that_cannot_be_meant_is_a_fault(in_a_file, members, told):
    with pytest.raises(SettingsError) as refused:
        in_a_file(feed(**members))

    assert told in str(refused.value)


def test_the_receiver_stands_in_the_file_alone(in_a_file):
    assert in_a_file(SCR_AUDIT_FEED="https://audit.example").audit_feed is None
