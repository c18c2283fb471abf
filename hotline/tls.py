"""A certificate for HTTPS, where no authority gives one: self-signed.

Browsers give the microphone to https pages and to localhost only, so lawyers on other machines need
one. They see a warning once, or the bureau installs the certificate on its machines.
"""

import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hotline.clock import Clock
from hotline.errors import Conflict, NotConfigured

# CA/Browser Forum and Apple: browsers refuse server certificates that last longer.
_DAYS = 397
_CLOCK_SKEW = timedelta(hours=1)

_Name = x509.DNSName | x509.IPAddress


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where certificate and key are, and what the certificate is good for."""

    certificate: Path
    key: Path
    names: tuple[str, ...]


def self_signed(
    data_dir: Path, *, names: Sequence[str], clock: Clock, is_renewal: bool = False
) -> Certificate:
    """Makes key and certificate below the data directory and sets them in its `hotline.env`.

    Args:
        data_dir: The data directory.
        names: Host names and addresses besides localhost and this machine's own.
        clock: Where validity begins.
        is_renewal: Overwrites a certificate that is there.

    Raises:
        Conflict: There is one already.
        NotConfigured: The directory cannot be written, or a name is none.
    """
    directory = data_dir.absolute() / "tls"
    made = Certificate(
        certificate=directory / "certificate.pem",
        key=directory / "key.pem",
        names=_all_names(names),
    )
    if made.certificate.exists() and not is_renewal:
        raise Conflict(f"There is a certificate in {directory} already; --renew makes a new one.")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, made.names, clock)
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(made.key, _key_bytes(key), mode=0o600)
        _write(made.certificate, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
        _set_in_env(
            data_dir / "hotline.env",
            {"HOTLINE_TLS_CERT": str(made.certificate), "HOTLINE_TLS_KEY": str(made.key)},
        )
    except OSError as error:
        raise NotConfigured(
            f"The certificate cannot be written to {directory} ({error.strerror}); give this user "
            "the right to."
        ) from error
    return made


def own_addresses() -> tuple[str, ...]:
    """Addresses by which others may reach this machine."""
    found = {"127.0.0.1"}
    try:
        found |= {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)}
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as route:
            # Sends nothing: asks the kernel which address it would use (RFC 5737 test network).
            route.connect(("192.0.2.1", 9))
            found.add(route.getsockname()[0])
    except OSError:
        # No network at all; this machine still reaches itself.
        pass
    return tuple(sorted(address.partition("%")[0] for address in found))


def _all_names(names: Sequence[str]) -> tuple[str, ...]:
    every = ["localhost", socket.gethostname(), *own_addresses(), *names]
    return tuple(dict.fromkeys(name for name in every if name))


def _certificate(
    key: ec.EllipticCurvePrivateKey, names: Sequence[str], clock: Clock
) -> x509.Certificate:
    now = clock.now()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "12348 hotline")])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        # No authority: Firefox refuses to take an authority's certificate for a server's own.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _name(name: str) -> _Name:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name.encode("idna").decode())
    except (UnicodeError, ValueError) as error:
        raise NotConfigured(f"{name} is no host name and no address.") from error


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes, *, mode: int) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.rename(path)


def _set_in_env(path: Path, values: dict[str, str]) -> None:
    """Sets values in the settings file and leaves every other line as it is."""
    lines = path.read_text().splitlines() if path.exists() else []
    kept = [line for line in lines if line.partition("=")[0].strip() not in values]
    content = [*kept, *(f'{name}="{value}"' for name, value in values.items())]
    _write(path, ("\n".join(content) + "\n").encode(), mode=0o600)
