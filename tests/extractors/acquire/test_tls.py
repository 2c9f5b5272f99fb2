"""Only what can be verified is believed."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fault_server import FaultServer

from extractors.acquire.fetch import Fetcher
from extractors.errors import FetchError, FetchTimeoutError, TlsError
from extractors.model import FetchOutcome, FetchRequest


@pytest.fixture
def fetcher(server: FaultServer) -> Iterator[Fetcher]:
    with Fetcher(user_agent="newsdesk-test/1 (+http://desk.example)", connect_to={".example": server.address}) as it:
        yield it


def get(fetcher: Fetcher, path: str, *, seconds: float = 5.0, limit: int = 5_000_000) -> FetchOutcome:
    url = path if "://" in path else f"http://desk.example{path}"
    return fetcher.fetch(FetchRequest(url=url, timeout_seconds=seconds, limit_bytes=limit))


def make_certificate(folder: Path, name: str, *, days: int = 10) -> tuple[Path, Path]:
    """Write a self-signed certificate for *name* and its key; negative *days* make it an expired one."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=30))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / f"{name}{days}.pem", folder / f"{name}{days}.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


@pytest.mark.parametrize(
    ("name", "days", "is_trusted", "expected"),
    [
        ("desk.example", 10, True, None),
        ("desk.example", 10, False, TlsError),
        ("desk.example", -1, True, TlsError),
        ("other.example", 10, True, TlsError),
    ],
    ids=["right", "self-signed", "expired", "wrong host"],
)
def test_only_a_certificate_that_can_be_verified_is_taken(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    days: int,
    is_trusted: bool,  # noqa: FBT001
    expected: type[FetchError] | None,
) -> None:
    files = make_certificate(tmp_path, name, days=days)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    with (
        FaultServer(tls=files) as server,
        Fetcher(user_agent="t", connect_to={".example": server.address}) as fetcher,
    ):
        outcome = get(fetcher, "https://desk.example/good")

    assert (type(outcome.error) if outcome.error else None) is expected


def test_plain_http_where_tls_is_expected_is_a_tls_error(fetcher: Fetcher) -> None:
    assert type(get(fetcher, "https://desk.example/good").error) is TlsError


def test_a_handshake_that_never_ends_is_a_timeout() -> None:
    with (
        FaultServer(stalled_tls=True) as server,
        Fetcher(user_agent="t", connect_to={".example": server.address}) as fetcher,
    ):
        assert type(get(fetcher, "https://desk.example/", seconds=0.5).error) is FetchTimeoutError
