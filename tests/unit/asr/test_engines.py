from pathlib import Path

import pytest

from asr.choices import Choice
from asr.engines import Engines
from hotline.errors import NotConfigured

NOWHERE = Path("/nonexistent")


def choice(language: str, engine: str = "fake", *, remedy: str = "") -> Choice:
    return Choice(language, engine, "script", NOWHERE, remedy)


def test_of__several_languages_one_model__loaded_once() -> None:
    engines = Engines({"zh": choice("zh"), "en": choice("en")})

    assert engines.of("zh") is engines.of("en")


def test_of__no_engine_chosen__not_configured() -> None:
    engines = Engines({})

    assert not engines.has("bo")
    with pytest.raises(NotConfigured):
        engines.of("bo")


def test_of__model_is_missing__the_remedy() -> None:
    engines = Engines({"ko": choice("ko", "vosk", remedy="Install it.")})

    assert not engines.has("ko")
    with pytest.raises(NotConfigured, match="Install it"):
        engines.of("ko")


def test_of__model_cannot_be_loaded__refused_from_then_on() -> None:
    engines = Engines({"zh": choice("zh", "whisper")})
    assert engines.has("zh")

    for _ in range(2):
        with pytest.raises(NotConfigured, match="cannot be loaded"):
            engines.of("zh")

    assert not engines.has("zh")


def test_warm_up__some_are_missing__the_others_are_ready(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    engines = Engines({"ko": choice("ko", "vosk", remedy="Install it."), "zh": choice("zh")})

    engines.warm_up()

    assert [record.message for record in caplog.records] == [
        "speech model is missing",
        "speech model is ready",
    ]
