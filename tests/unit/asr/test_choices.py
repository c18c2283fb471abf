import pytest

from asr.choices import parse
from hotline.errors import NotConfigured


def test_parse__several__engine_and_model_each() -> None:
    assert parse("zh=whisper, ko=vosk:/models/ko ,en=vosk:small, bo=none,") == {
        "zh": ("whisper", ""),
        "ko": ("vosk", "/models/ko"),
        "en": ("vosk", "small"),
    }


def test_parse__servers__whole() -> None:
    assert parse("zh=remote:ws://one:2700|ws://two:2700|vosk:small") == {
        "zh": ("remote", "ws://one:2700|ws://two:2700|vosk:small")
    }


@pytest.mark.parametrize("text", ["zh", "zh=", "=vosk", "zh=siri", "zh:whisper"])
def test_parse__not_of_this_form__says_how(text: str) -> None:
    with pytest.raises(NotConfigured, match="HOTLINE_ASR_ENGINES"):
        parse(text)
