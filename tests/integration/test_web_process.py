"""The web and gateway processes as they are started by `hotline up`."""

import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from hotline.clock import SystemClock
from hotline.house import House
from hotline.tls import self_signed
from hotline.web.listening import EXIT_PORT_IN_USE, listen
from tests.integration.web_house import with_bus
from tests.ports import free_port

SECONDS = 60.0


@contextmanager
def running(house: House, module: str, **settings: object) -> Iterator[subprocess.Popen[str]]:
    """A process of the hotline on the house's data."""
    environment = os.environ | {
        "HOTLINE_DATA_DIR": str(house.settings.data_dir),
        **{f"HOTLINE_{name.upper()}": str(value) for name, value in settings.items()},
    }
    with subprocess.Popen(
        [sys.executable, "-m", module], env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def status_of(url: str, *, trust: ssl.SSLContext | None = None) -> int:
    """The answer's status; waits until somebody answers."""
    deadline = monotonic() + SECONDS
    while True:
        try:
            with urlopen(url, timeout=SECONDS, context=trust) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code
        except OSError:
            assert monotonic() < deadline, "nobody answers"
            sleep(0.05)


class TestWeb:
    def test_web__serves_until_sigterm(self, house: House) -> None:
        port = free_port()
        with (
            with_bus(house) as live,
            running(live, "hotline.web", http_port=port) as process,
        ):
            assert status_of(f"http://127.0.0.1:{port}/healthz") == 200
            assert status_of(f"http://127.0.0.1:{port}/readyz") == 503
            # A beat counts for some seconds only.
            deadline = monotonic() + SECONDS
            while status_of(f"http://127.0.0.1:{port}/readyz") != 200:
                assert monotonic() < deadline, "it never became ready"
                live.bus.beat("ivr")
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS) in (0, -signal.SIGTERM)

    def test_web__speaks_https_with_a_certificate(self, house: House) -> None:
        certificate = self_signed(house.settings.data_dir, names=[], clock=SystemClock())
        trust = ssl.create_default_context(cafile=certificate.certificate)
        port = free_port()
        with with_bus(house) as live, running(live, "hotline.web", http_port=port):
            assert status_of(f"https://localhost:{port}/healthz", trust=trust) == 200

    def test_web__a_taken_port_is_one_sentence(self, house: House) -> None:
        with listen("127.0.0.1", 0) as taken:
            port = taken.getsockname()[1]
            with running(house, "hotline.web", http_port=port) as process:
                _, words = process.communicate(timeout=SECONDS)

        assert process.returncode == EXIT_PORT_IN_USE
        assert words.count("\n") == 1
        assert str(port) in words
        assert "HOTLINE_HTTP_PORT" in words

    def test_web__a_certificate_that_cannot_be_read_is_a_sentence(
        self, house: House, tmp_path: Path
    ) -> None:
        bad = tmp_path / "bad.pem"
        bad.write_text("nonsense")
        with running(
            house, "hotline.web", http_port=free_port(), tls_cert=bad, tls_key=bad
        ) as process:
            _, words = process.communicate(timeout=SECONDS)

        assert process.returncode == 2
        assert "HOTLINE_TLS_CERT" in words


class TestGateway:
    def test_gateway__serves_until_sigterm(self, house: House) -> None:
        port = free_port()
        with (
            with_bus(house) as live,
            running(live, "agent_console.gateway", audio_port=port) as process,
        ):
            assert status_of(f"http://127.0.0.1:{port}/healthz") == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS) == 0

    def test_gateway__a_taken_port_is_one_sentence(self, house: House) -> None:
        with listen("127.0.0.1", 0) as taken:
            port = taken.getsockname()[1]
            with running(house, "agent_console.gateway", audio_port=port) as process:
                _, words = process.communicate(timeout=SECONDS)

        assert process.returncode == EXIT_PORT_IN_USE
        assert "HOTLINE_AUDIO_PORT" in words

    def test_gateway__a_certificate_that_cannot_be_read_is_a_sentence(
        self, house: House, tmp_path: Path
    ) -> None:
        bad = tmp_path / "bad.pem"
        bad.write_text("nonsense")
        with running(
            house, "agent_console.gateway", audio_port=free_port(), tls_cert=bad, tls_key=bad
        ) as process:
            _, words = process.communicate(timeout=SECONDS)

        assert process.returncode == 2
        assert "HOTLINE_TLS_CERT" in words


class TestListen:
    def test_listen__the_port_is_ours_at_once(self) -> None:
        with listen("127.0.0.1", 0) as first, pytest.raises(OSError, match="in use"):
            listen("127.0.0.1", first.getsockname()[1])

    def test_listen__ipv6(self) -> None:
        try:
            with listen("::1", 0) as listening:
                assert listening.family == socket.AF_INET6
        except OSError:
            pytest.skip("this machine has no IPv6 loopback")
