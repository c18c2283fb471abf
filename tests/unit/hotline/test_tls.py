"""The self-signed certificate and its place in hotline.env."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from hotline.clock import FakeClock
from hotline.errors import Conflict, NotConfigured
from hotline.settings import load_settings
from hotline.tls import Certificate, self_signed


def make(tmp_path: Path, *names: str, is_renewal: bool = False) -> Certificate:
    return self_signed(tmp_path, names=names, clock=FakeClock(), is_renewal=is_renewal)


def subject_names(made: Certificate) -> x509.SubjectAlternativeName:
    certificate = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def test_self_signed__is_good_for_localhost_and_the_names_given(tmp_path: Path) -> None:
    names = subject_names(make(tmp_path, "hotline.example.cn", "10.1.2.3"))
    assert {"localhost", "hotline.example.cn"} <= set(names.get_values_for_type(x509.DNSName))
    addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    assert {"127.0.0.1", "10.1.2.3"} <= addresses


def test_self_signed__settings_use_it_and_a_server_can_load_it(tmp_path: Path) -> None:
    (tmp_path / "hotline.env").write_text("HOTLINE_MAX_CALLS=7\nHOTLINE_TLS_CERT=/old\n")
    make(tmp_path)
    settings = load_settings(tmp_path)
    assert settings.is_tls
    assert settings.max_calls == 7
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    assert settings.tls_cert is not None
    context.load_cert_chain(settings.tls_cert, settings.tls_key)


def test_self_signed__key_is_for_its_owner_alone(tmp_path: Path) -> None:
    made = make(tmp_path)
    assert made.key.stat().st_mode & 0o077 == 0
    assert (tmp_path / "hotline.env").stat().st_mode & 0o077 == 0


def test_self_signed__lasts_as_long_as_browsers_accept(tmp_path: Path) -> None:
    certificate = x509.load_pem_x509_certificate(make(tmp_path).certificate.read_bytes())
    span = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert timedelta(days=396) < span <= timedelta(days=398)


def test_self_signed__does_not_replace_unasked(tmp_path: Path) -> None:
    first = make(tmp_path).certificate.read_bytes()
    with pytest.raises(Conflict):
        make(tmp_path)
    assert make(tmp_path, is_renewal=True).certificate.read_bytes() != first
    assert (tmp_path / "hotline.env").read_text().count("HOTLINE_TLS_CERT") == 1


def test_self_signed__a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured):
        make(tmp_path, "a..b")
