import pytest

from adapters.source_config import (
    DEADLINE_SECONDS,
    Auth,
    AuthKind,
    SourceConfig,
    SourceConfigError,
    SourceDialect,
)

BEARER = Auth(AuthKind.BEARER, secret="canary", private_key="canary")


def config(url="https://source.example/fhir", deadline=3.0, auth=Auth()):  # noqa: B008
    return SourceConfig("hospital", SourceDialect.FHIR_R4, url, "RRV", deadline, auth=auth)


def test_every_dialect_has_a_deadline():
    assert set(DEADLINE_SECONDS) == set(SourceDialect)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://source.example",
        "https://",
        "https://user:password@source.example",
        "https://source.example?x=1",
        "https://source.example#x",
    ],
)
def test_an_address_that_is_no_plain_base_is_refused(url):
    with pytest.raises(SourceConfigError):
        config(url)


def test_a_deadline_of_nothing_is_refused():
    with pytest.raises(SourceConfigError):
        config(deadline=0)


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://source.example", True),
        ("http://127.0.0.1:8001", True),
        ("http://[::1]:8001", True),
        ("http://localhost:8001", True),
        ("http://10.0.0.1", False),
        ("http://source.example", False),
    ],
)
def test_credentials_go_in_clear_to_this_machine_only(url, is_allowed):
    if is_allowed:
        assert config(url, auth=BEARER).auth is BEARER
    else:
        with pytest.raises(SourceConfigError, match="credentials need https"):
            config(url, auth=BEARER)


def test_secrets_are_not_in_a_repr():
    assert "canary" not in repr(config(auth=BEARER))
