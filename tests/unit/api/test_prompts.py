"""Uploading what callers hear, over HTTP."""

import io
import wave
import zipfile
from pathlib import Path

from fastapi.testclient import TestClient

from hotline.house import House
from hotline.prompts import shelf
from hotline.web.guard import LARGEST_BODY_BYTES
from ivr.catalogue import (
    SHIPPED,
    PromptCatalogue,
    prompt_directories,
    read_flow_file,
    slow_directory,
)
from tests.unit.api.conftest import SignIn

PROMPTS = "/api/v1/prompts"
GOOD = (SHIPPED / "audio/en/thanks.wav").read_bytes()
OTHER = (SHIPPED / "audio/en/goodbye.wav").read_bytes()


def catalogue(house: House) -> PromptCatalogue:
    """What a call started now would look into."""
    shelf.lay_out(house)
    data_dir = house.settings.data_dir
    return PromptCatalogue(prompt_directories(data_dir), slow=slow_directory(data_dir))


def pack(files: dict[str, bytes]) -> bytes:
    """A zip of files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name, data in files.items():
            file.writestr(name, data)
    return target.getvalue()


def finer(data: bytes, times: int) -> bytes:
    """The same recording at a higher rate, as a studio delivers it: so many times as large."""
    with wave.open(io.BytesIO(data)) as source:
        rate, frames = source.getframerate(), source.readframes(source.getnframes())
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate * times)
        samples = (frames[place : place + 2] for place in range(0, len(frames), 2))
        file.writeframes(b"".join(sample * times for sample in samples))
    return target.getvalue()


def test_put__is_heard_until_it_is_taken_back(sign_in: SignIn, house: House) -> None:
    admin = sign_in("admin")
    before = catalogue(house).path("thanks", "bo", default_language="zh")

    first = admin.put(f"{PROMPTS}/bo/thanks", files={"file": ("a.wav", GOOD)})
    second = admin.put(f"{PROMPTS}/bo/thanks", files={"file": ("b.wav", OTHER)})

    assert (first.status_code, second.json()["version"]) == (200, 2)
    assert abs(second.json()["level_dbfs"] + 20) < 1
    heard = catalogue(house).path("thanks", "bo")
    assert (before.parent.name, heard.parent.name) == ("zh", "bo")
    assert admin.get(f"{PROMPTS}/bo/thanks/audio").content == heard.read_bytes()
    listed = admin.get(f"{PROMPTS}/bo/thanks").json()["items"]
    assert [(each["version"], each["state"]) for each in listed] == [(2, "active"), (1, "retired")]

    assert admin.delete(f"{PROMPTS}/bo/thanks").status_code == 204
    assert catalogue(house).path("thanks", "bo", default_language="zh") == before
    assert admin.delete(f"{PROMPTS}/bo/thanks").status_code == 404


def test_get__default_language_is_that_of_the_flow_in_force(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    assert admin.get(PROMPTS).json()["default_language"] == "zh"
    flow = read_flow_file().replace('default_language = "zh"', 'default_language = "en"')
    version = admin.post("/api/v1/flows", json={"text": flow}).json()["version"]
    assert admin.post(f"/api/v1/flows/{version}/activate").status_code == 200

    assert admin.get(PROMPTS).json()["default_language"] == "en"
    english = (SHIPPED / "audio/en/thanks.wav").read_bytes()
    assert admin.get(f"{PROMPTS}/bo/thanks/audio").content == english


def test_put__what_is_not_fit_is_refused_with_the_reason(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    noise = admin.put(f"{PROMPTS}/bo/thanks", files={"file": ("a.wav", b"MZ" + bytes(99))})
    named = admin.put(f"{PROMPTS}/bo/Thanks!", files={"file": ("a.wav", GOOD)})
    assert (noise.status_code, named.status_code) == (422, 422)
    assert "neither" in noise.json()["detail"]


def test_put__takes_what_a_studio_delivers(sign_in: SignIn) -> None:
    studio = finer(GOOD, 1 + LARGEST_BODY_BYTES // len(GOOD))
    assert len(studio) > LARGEST_BODY_BYTES

    answer = sign_in("admin").put(f"{PROMPTS}/bo/thanks", files={"file": ("a.wav", studio)})

    assert answer.status_code == 200


def test_put__nobody_else_fills_the_disk(anybody: TestClient, sign_in: SignIn) -> None:
    large = b"x" * (LARGEST_BODY_BYTES + 1)
    unknown = anybody.put(f"{PROMPTS}/bo/thanks", files={"file": ("a.wav", large)})
    elsewhere = sign_in("admin").post("/api/v1/flows", content=large)
    assert (unknown.status_code, elsewhere.status_code) == (413, 413)


def test_get__lists_sources_words_and_what_is_missing(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    before = admin.get(PROMPTS).json()
    admin.put(f"{PROMPTS}/bo/thanks", files={"file": ("a.wav", GOOD)})
    after = sign_in("supervisor").get(PROMPTS).json()

    (thanks,) = [each for each in after["items"] if each["key"] == "thanks"]
    assert thanks["sources"] == {"bo": "uploaded", "zh": "shipped", "en": "shipped"}
    assert thanks["texts"]["en"].startswith("Thank you")
    assert before["missing"]["bo"] - after["missing"]["bo"] == 1
    assert after["missing"]["zh"] == 0


def test_post_pack__takes_what_is_fit_and_reports_the_rest(sign_in: SignIn, house: House) -> None:
    files = {
        "ko/thanks.wav": GOOD,
        "ko/../../goodbye.wav": OTHER,
        "readme.txt": b"hello",
        "broken.mp3": b"nonsense",
    }
    answer = sign_in("admin").post(f"{PROMPTS}/packs/ko", files={"file": ("ko.zip", pack(files))})

    report = answer.json()
    assert report["taken"] == 2
    assert [each["problem"] is None for each in report["entries"]] == [True, True, False, False]
    assert "thanks" not in report["missing"]
    assert "connecting" in report["missing"]
    laid = {path.relative_to(house.settings.data_dir).as_posix() for path in _wavs(house)}
    assert laid == {"prompts-uploaded/ko/thanks.wav", "prompts-uploaded/ko/goodbye.wav"}


def test_post_pack__what_is_no_zip_or_a_broken_one(sign_in: SignIn) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("thanks.wav", GOOD)
    broken = bytearray(whole.getvalue())
    broken[60:400] = bytes(340)

    answers = [
        sign_in("admin").post(f"{PROMPTS}/packs/ko", files={"file": ("ko.zip", data)})
        for data in (GOOD, bytes(broken))
    ]

    assert [answer.status_code for answer in answers] == [422, 422]


def test_prompts__are_the_administrators(sign_in: SignIn) -> None:
    files = {"file": ("a.wav", GOOD)}
    assert sign_in("supervisor").put(f"{PROMPTS}/bo/thanks", files=files).status_code == 403
    assert sign_in("supervisor").post(f"{PROMPTS}/packs/ko", files=files).status_code == 403
    assert sign_in("li").get(PROMPTS).status_code == 403


def test_path__slow_is_made_once_and_anew_for_another_recording(
    sign_in: SignIn, house: House
) -> None:
    normal = catalogue(house).path("thanks", "en")
    slow = catalogue(house).path("thanks", "en", slow=True)
    assert slow.stat().st_size > normal.stat().st_size * 1.1
    assert catalogue(house).path("thanks", "en", slow=True) == slow

    sign_in("admin").put(f"{PROMPTS}/en/thanks", files={"file": ("b.wav", OTHER)})
    assert catalogue(house).path("thanks", "en", slow=True) != slow


def _wavs(house: House) -> list[Path]:
    return [*house.settings.data_dir.glob("prompts-uploaded/**/*.wav")]
