"""Speech over HTTP: languages for everybody, models for those who look after them."""

from tests.unit.api.conftest import SignIn


def test_models__installed_and_to_be_had_with_their_use(sign_in: SignIn) -> None:
    answer = sign_in("admin").get("/api/v1/speech/models").json()

    rows = {row["name"]: row for row in answer["items"]}
    whisper = rows["whisper-base"]
    assert (whisper["is_installed"], whisper["live"], whisper["licence"]) == (True, False, "MIT")
    assert whisper["used_for"] == ["zh", "en"]
    assert len(whisper["sha256"]) == 64
    mandarin = rows["vosk-model-small-cn-0.22"]
    assert (mandarin["is_installed"], mandarin["live"], mandarin["used_for"]) == (False, True, [])
    assert mandarin["source"].endswith("/vosk-model-small-cn-0.22.zip")


def test_models__not_for_lawyers_who_see_the_languages(sign_in: SignIn) -> None:
    li = sign_in("li")

    assert li.get("/api/v1/speech/models").status_code == 403
    assert {row["language"] for row in li.get("/api/v1/speech").json()["items"]} >= {"zh", "ko"}
