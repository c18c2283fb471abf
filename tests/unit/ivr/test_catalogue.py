import wave
from pathlib import Path

import pytest

from ivr.catalogue import (
    PromptCatalogue,
    PromptMissing,
    load_definition,
    load_texts,
    prompt_directories,
    wav_problem,
)
from ivr.flow.errors import FlowDefinitionError


def write_wav(path: Path, *, rate: int = 8000, channels: int = 1, frames: int = 80) -> Path:
    """A short WAV with the given shape."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * channels * frames))
    return path


class TestPath:
    def test_path__operator_replaces_the_shipped(self, tmp_path: Path) -> None:
        shipped = write_wav(tmp_path / "shipped/zh/hello.wav")
        catalogue = PromptCatalogue([tmp_path / "own", tmp_path / "shipped"])
        assert catalogue.path("hello", "zh") == shipped

        own = write_wav(tmp_path / "own/zh/hello.wav")
        assert catalogue.path("hello", "zh") == own

    def test_path__shipped_language_before_operators_default(self, tmp_path: Path) -> None:
        write_wav(tmp_path / "own/zh/hello.wav")
        shipped = write_wav(tmp_path / "shipped/en/hello.wav")
        catalogue = PromptCatalogue([tmp_path / "own", tmp_path / "shipped"])
        assert catalogue.path("hello", "en") == shipped

    def test_path__falls_back_to_the_default_language(self, tmp_path: Path) -> None:
        mandarin = write_wav(tmp_path / "zh/hello.wav")
        english = write_wav(tmp_path / "en/greeting.wav")
        catalogue = PromptCatalogue([tmp_path])
        assert catalogue.path("hello", "bo", default_language="zh") == mandarin
        assert catalogue.path("hello@en", "bo", default_language="zh") == mandarin
        assert catalogue.path("greeting", "ko", default_language="en") == english
        with pytest.raises(PromptMissing):
            catalogue.path("hello", "bo", default_language="en")

    def test_path__language_of_the_key_wins(self, tmp_path: Path) -> None:
        write_wav(tmp_path / "zh/hello.wav")
        english = write_wav(tmp_path / "en/hello.wav")
        assert PromptCatalogue([tmp_path]).path("hello@en", "zh") == english

    def test_path__audio_without_words_serves_every_language(self, tmp_path: Path) -> None:
        hold = write_wav(tmp_path / "any/hold.wav")
        assert PromptCatalogue([tmp_path]).path("hold", "ko") == hold

    def test_path__passes_over_what_cannot_be_played(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        bad = write_wav(tmp_path / "own/zh/hello.wav", rate=44_100, channels=2)
        shipped = write_wav(tmp_path / "shipped/zh/hello.wav")
        catalogue = PromptCatalogue([tmp_path / "own", tmp_path / "shipped"])
        assert catalogue.path("hello", "zh") == shipped
        assert catalogue.path("hello", "zh") == shipped
        assert [record.message for record in caplog.records] == ["prompt passed over"]

        write_wav(bad)
        assert catalogue.path("hello", "zh") == bad

    @pytest.mark.parametrize("key", ["hello", "../../etc/passwd", "", "hello@../zh"])
    def test_path__missing_prompt_has_its_own_error(self, tmp_path: Path, key: str) -> None:
        with pytest.raises(PromptMissing):
            PromptCatalogue([tmp_path]).path(key, "zh")


class TestWavProblem:
    def test_wav_problem__none_for_a_prompt(self, tmp_path: Path) -> None:
        assert wav_problem(write_wav(tmp_path / "a.wav")) is None

    def test_wav_problem__names_the_shape(self, tmp_path: Path) -> None:
        problem = wav_problem(write_wav(tmp_path / "a.wav", rate=44_100, channels=2))
        assert problem == "is 44100 Hz, 2 channel(s), 16 bit; it must be 8000 Hz, 1, 16"

    def test_wav_problem__empty_file(self, tmp_path: Path) -> None:
        assert wav_problem(write_wav(tmp_path / "a.wav", frames=0)) == "has no sound in it"

    @pytest.mark.parametrize("content", [b"", b"ID3 not a wave file at all"])
    def test_wav_problem__not_a_wav(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "a.wav"
        path.write_bytes(content)
        assert "cannot be read as WAV" in (wav_problem(path) or "")


class TestLoadDefinition:
    def test_load_definition__shipped_with_the_languages_wanted(self) -> None:
        definition = load_definition(languages=["zh", "en"])
        assert [each.value for each in definition.language_menu.choices] == ["zh", "en"]
        assert len(load_definition().language_menu.choices) == 4

    @pytest.mark.parametrize("content", [None, b"\xff\xfe"])
    def test_load_definition__unreadable_file(self, tmp_path: Path, content: bytes | None) -> None:
        path = tmp_path / "flow.toml"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(FlowDefinitionError, match="cannot be read"):
            load_definition(path)


class TestShipped:
    def test_texts__are_there_in_both_languages(self) -> None:
        assert all(
            set(text) == {"zh", "en"} and all(text.values()) for text in load_texts().values()
        )

    def test_audio__is_there_for_every_prompt_in_both_languages(self, tmp_path: Path) -> None:
        catalogue = PromptCatalogue(prompt_directories(tmp_path))
        for key in load_texts():
            assert catalogue.find(key, "zh"), key
            assert catalogue.find(key, "en"), key
