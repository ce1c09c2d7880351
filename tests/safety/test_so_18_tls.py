"""A source that cannot prove who it is (SO-18): refused before it is asked, and on record as that."""

import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from tests.adapters.stub_source import stub_source
from tests.adapters.test_tls import LONG_AGO, Authority, server_context
from tests.safety.hostile_source import (
    Hostile,
    encounter,
    patient_like,
    refer,
    with_hospital_at,
)
from tests.safety.siege import (
    ASKED_ABOUT,
    DOCTOR,
    failures_counted,
    last_row_b,
    others_answered,
    person_of,
)
from tests.stack import running_stack


def good(authority: Authority) -> ssl.SSLContext:
    return server_context(*authority.certificate("server"))


def expired(authority: Authority) -> ssl.SSLContext:
    ended = LONG_AGO + timedelta(days=1)
    return server_context(*authority.certificate("server", ends_at=ended))


def of_another_host(authority: Authority) -> ssl.SSLContext:
    return server_context(*authority.certificate("server", x509.DNSName("other.example")))


def signed_by_itself(authority: Authority) -> ssl.SSLContext:
    folder = authority.folder / "nobody"
    folder.mkdir()
    return server_context(*Authority(folder).certificate("server"))


def of_tls_1_1(authority: Authority) -> ssl.SSLContext:
    context = good(authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Give an authority that the machine trusts."""
    folder = tmp_path / "authority"
    folder.mkdir()
    made = Authority(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.roots))
    return made


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
@pytest.mark.parametrize("shows", [expired, of_another_host, signed_by_itself, of_tls_1_1])
async def test_so_18_a_source_that_does_not_prove_who_it_is_is_told_nothing_and_recorded(
    london, template, tmp_path, compiled, authority, shows: Callable[[Authority], ssl.SSLContext]
):
    hostile = Hostile()
    async with stub_source(hostile.behave, ssl=shows(authority)) as hostile.stub:
        elsewhere = with_hospital_at(london, hostile.stub.url)
        async with running_stack(elsewhere, template, tmp_path, compiled) as stack:
            answer = await stack.everything(DOCTOR, ASKED_ABOUT)
            row, failures = await last_row_b(stack), failures_counted(stack, "hospital")

    assert hostile.stub.asked == []
    assert (answer.outcomes["hospital"], answer.is_complete) == ("failed", "false")
    assert row["sources"]["hospital"] == ["failed", "tls"]
    assert failures > 0
    assert others_answered(answer, "hospital")


async def test_so_18_a_source_that_proves_who_it_is_is_read(
    london, template, tmp_path, compiled, authority
):
    hostile = Hostile()
    async with stub_source(hostile.behave, ssl=good(authority)) as hostile.stub:
        elsewhere = with_hospital_at(london, hostile.stub.url)
        async with running_stack(elsewhere, template, tmp_path, compiled) as stack:
            person = person_of(stack, ASKED_ABOUT)
            hostile.holds(patient_like(person), encounter("e1", refer("Patient/p1"), "seen"))
            answer = await stack.everything(DOCTOR, ASKED_ABOUT)

    assert (answer.outcomes["hospital"], answer.is_complete) == ("data", "true")
    assert len(answer.of("Encounter", "hospital")) == 1
