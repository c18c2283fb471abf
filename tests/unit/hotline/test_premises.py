"""The data directory's lock and the choice of ports."""

import contextlib
import socket
from pathlib import Path

import pytest

from hotline import premises
from hotline.errors import NotConfigured
from hotline.settings import load_settings


def test_alone__second_holder_is_refused_and_told_who_holds(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    with premises.alone(settings):
        with pytest.raises(NotConfigured, match=r"already running .* \(process \d+\)"):
            with premises.alone(settings):
                pass
    with premises.alone(settings):
        pass


def test_check_directory__leaves_nothing_behind(tmp_path: Path) -> None:
    premises.check_directory(load_settings(tmp_path / "a" / "b"))
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_settle_ports__zero_becomes_a_free_port(tmp_path: Path) -> None:
    settled = premises.settle_ports(load_settings(tmp_path, http_port=0, sip_port=0))
    assert settled.http_port
    assert settled.sip_port
    premises.check_ports(settled)


def test_settle_ports__audio_moves_aside_unless_it_was_given(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        moved = premises.settle_ports(load_settings(tmp_path, http_port=port - 1, sip_port=0))
        assert moved.audio_port_used != port
        given = premises.settle_ports(
            load_settings(tmp_path, http_port=0, sip_port=0, audio_port=port)
        )
        assert given.audio_port_used == port


def test_settle_ports__speech_moves_aside_unless_it_was_given(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as busy:
        busy.bind(("127.0.0.1", 0))
        port = busy.getsockname()[1]
        given = premises.settle_ports(load_settings(tmp_path, sip_port=0, asr_port=port))
        assert given.asr_port == port

    default = load_settings(tmp_path, sip_port=0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as busy:
        # Another house on this machine may have it already, which is as good.
        with contextlib.suppress(OSError):
            busy.bind(("127.0.0.1", default.asr_port))
        assert premises.settle_ports(default).asr_port != default.asr_port
