"""The embedded server: long paths, kill -9, and the death of whoever started it."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from time import monotonic, sleep

import pytest
import redis  # noqa: TID251 - the peer

from hotline import valkey
from hotline.errors import NotConfigured
from hotline.settings import load_settings


def long_directory(tmp_path: Path) -> Path:
    return tmp_path / ("a" * 60) / ("b" * 60)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int, *, seconds: float = 60) -> bool:
    deadline = monotonic() + seconds
    while is_running(pid) and monotonic() < deadline:
        sleep(0.02)
    return not is_running(pid)


@pytest.mark.parametrize("make", [lambda path: path / "short", long_directory])
def test_running__answers_and_keeps_its_data(tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    settings = load_settings(make(tmp_path))
    with valkey.running(settings) as url:
        redis.Redis.from_url(url).set("kept", "yes")
    with valkey.running(settings) as url:
        assert redis.Redis.from_url(url).get("kept") == b"yes"


def test_running__spaces_and_percent_signs_in_the_path_do_not_matter(tmp_path: Path) -> None:
    with valkey.running(load_settings(tmp_path / "a b%20c#d")) as url:
        assert redis.Redis.from_url(url).ping()


def test_running__survives_kill_9_with_what_was_synced(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    with valkey.running(settings) as url:
        client = redis.Redis.from_url(url)
        client.xadd("stream", {"n": "1"})
        assert client.waitaof(1, 0, 60_000)[0] == 1
        os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)
    with valkey.running(settings) as url:
        assert redis.Redis.from_url(url).xlen("stream") == 1


def test_running__listens_on_no_port_and_lets_nobody_else_in(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    with valkey.running(settings) as url:
        assert redis.Redis.from_url(url).config_get("port") == {"port": "0"}
        assert settings.valkey_socket.stat().st_mode & 0o077 == 0


def test_running__dies_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import sys, signal
        from hotline import valkey
        from hotline.settings import load_settings
        import redis
        with valkey.running(load_settings(sys.argv[1])) as url:
            print(redis.Redis.from_url(url).info("server")["process_id"], flush=True)
            signal.pause()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        assert is_running(server)
        parent.kill()
    assert wait_until_gone(server)


def test_prepare__directory_that_is_a_file_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "valkey").write_text("in the way")
    with pytest.raises(NotConfigured, match="remove it or change its owner"):
        valkey.prepare(load_settings(tmp_path))


def test_prepare__a_link_that_somebody_put_below_tmp_is_refused(tmp_path: Path) -> None:
    settings = load_settings(long_directory(tmp_path))
    directory = settings.valkey_socket.parent
    directory.symlink_to(tmp_path)
    try:
        with pytest.raises(NotConfigured, match="somebody else"):
            valkey.prepare(settings)
    finally:
        directory.unlink()
