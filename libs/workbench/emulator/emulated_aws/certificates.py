"""The certificate authority of one emulator: its own key, limited to AWS host names, kept in the state directory."""

from __future__ import annotations

import os
import ssl
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .hosts import AWS_DOMAINS

CA_LIFETIME = timedelta(days=3650)
LEAF_LIFETIME = timedelta(days=390)  # clients refuse leaf certificates of more than 398 days


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, 'wb') as file:
        file.write(content)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class CertificateAuthority:
    """Signs a certificate for every AWS host a client asks for. `bundle` is what the clients have to trust.

    The name constraints keep a stolen key harmless: it can vouch for AWS host names only.
    """

    def __init__(self, directory: Path):
        self.bundle = directory / 'ca.crt'
        self._key_file = directory / 'ca.key'
        self._directory = directory
        self._lock = threading.Lock()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        if not self._load():
            self._create()

    def _load(self) -> bool:
        try:
            self._certificate = x509.load_pem_x509_certificate(self.bundle.read_bytes())
            key = serialization.load_pem_private_key(self._key_file.read_bytes(), password=None)
        except (OSError, ValueError):
            return False
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            return False
        self._key = key
        month = timedelta(days=30)
        return (
            self._certificate.not_valid_after_utc > datetime.now(UTC) + month
            and self._certificate.public_key() == key.public_key()
        )

    def _create(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'emulated AWS of mlflow-on-aws')])
        now = datetime.now(UTC)
        public_key = self._key.public_key()
        self._certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + CA_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(
                x509.NameConstraints([x509.DNSName(domain) for domain in AWS_DOMAINS], excluded_subtrees=None),
                critical=True,
            )
            .sign(self._key, hashes.SHA256())
        )
        # The key first: a certificate without its key would be taken for a whole authority by a person, not by _load.
        _write_private(self._key_file, _pem(self._key))
        self.bundle.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str) -> ssl.SSLContext:
        """The TLS context to answer `host` with."""
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._make_context(host)
            return self._contexts[host]

    def _make_context(self, host: str) -> ssl.SSLContext:
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])]))
            .issuer_name(self._certificate.subject)
            .public_key(self._leaf_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + LEAF_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # The standard library loads a chain from a file only; it is gone again before anyone is answered.
        with tempfile.NamedTemporaryFile(dir=self._directory, prefix='.leaf-') as file:
            file.write(_pem(self._leaf_key) + certificate.public_bytes(serialization.Encoding.PEM))
            file.flush()
            context.load_cert_chain(file.name)
        return context


def _key_usage(**used: bool) -> x509.KeyUsage:
    names = (
        'digital_signature', 'content_commitment', 'key_encipherment', 'data_encipherment', 'key_agreement',
        'key_cert_sign', 'crl_sign', 'encipher_only', 'decipher_only',
    )  # fmt: skip
    return x509.KeyUsage(**{name: used.get(name, False) for name in names})
