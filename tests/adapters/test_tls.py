import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.contract import Outcome, Reason
from adapters.limits import Allowance, ByteBudget
from adapters.source_config import TlsFiles
from adapters.transport import Call, Fetched, Transport, Unfetched
from tests.adapters.stub_source import answer, config_for, stub_source

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2080, 1, 1, tzinfo=UTC)
LOOPBACK = x509.IPAddress(IPv4Address("127.0.0.1"))


def named(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """A certificate authority of one test."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.roots = self._write("roots.pem", self._sign("root", self.key, self.key, FAR_AHEAD))

    def certificate(self, name, host=LOOPBACK, ends_at=FAR_AHEAD):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(name, key, self.key, ends_at, host)
        return self._write(f"{name}.pem", certificate), self._write_key(f"{name}.key", key)

    def _sign(self, name, key, signing_key, ends_at, host=None):
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named("root"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(LONG_AGO)
            .not_valid_after(ends_at)
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
        )
        if host is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([host]), critical=False)
        return builder.sign(signing_key, hashes.SHA256())

    def _write(self, name, certificate):
        path = self.folder / name
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def _write_key(self, name, key):
        path = self.folder / name
        pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        path.write_bytes(key.private_bytes(*pem, serialization.NoEncryption()))
        return path


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def server_context(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def fetch(context, tls):
    async with stub_source(answer(b"{}"), ssl=context) as stub:
        transport = Transport(config_for(stub.url, tls=tls))
        allowance = Allowance(asyncio.get_running_loop().time() + 1, ByteBudget(1000))
        result = await transport.fetch(Call(f"{stub.url}/x"), allowance)
        await transport.aclose()
    return result


REFUSED = Unfetched(Outcome.FAILED, Reason.TLS)


async def test_a_source_with_a_trusted_certificate_is_read(authority):
    context = server_context(*authority.certificate("server"))

    result = await fetch(context, TlsFiles(authority.roots))

    assert isinstance(result, Fetched)


async def test_so_18_an_expired_certificate_is_refused(authority):
    ended = LONG_AGO + timedelta(days=1)
    context = server_context(*authority.certificate("server", ends_at=ended))

    assert await fetch(context, TlsFiles(authority.roots)) == REFUSED


async def test_so_18_a_certificate_of_another_host_is_refused(authority):
    context = server_context(*authority.certificate("server", x509.DNSName("other.example")))

    assert await fetch(context, TlsFiles(authority.roots)) == REFUSED


async def test_so_18_a_certificate_that_nobody_trusted_signed_is_refused(authority):
    context = server_context(*authority.certificate("server"))

    assert await fetch(context, TlsFiles()) == REFUSED


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
async def test_so_18_tls_1_1_is_refused(authority):
    context = server_context(*authority.certificate("server"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1

    assert await fetch(context, TlsFiles(authority.roots)) == REFUSED


async def test_our_certificate_is_shown_to_a_source_that_wants_one(authority):
    context = server_context(*authority.certificate("server"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.roots)

    with_ours = await fetch(context, TlsFiles(authority.roots, *authority.certificate("ours")))
    without = await fetch(context, TlsFiles(authority.roots))

    assert isinstance(with_ours, Fetched)
    assert isinstance(without, Unfetched)


async def test_so_10_a_hang_in_tls_ends_at_the_deadline():
    async with stub_source(answer(b"{}")) as stub:
        url = stub.url.replace("http:", "https:")
        transport = Transport(config_for(url))
        allowance = Allowance(asyncio.get_running_loop().time() + 0.15, ByteBudget(1000))
        result = await transport.fetch(Call(f"{url}/x"), allowance)
        await transport.aclose()

    assert result == Unfetched(Outcome.TIMED_OUT, Reason.DEADLINE)
