from pathlib import Path

from ivr.catalogue import SHIPPED, load_texts
from ivr.catalogue_check import check
from tests.unit.ivr.test_catalogue import write_wav


def own_flow(tmp_path: Path, old: str, new: str) -> Path:
    """The shipped flow file with one part replaced."""
    text = (SHIPPED / "flow.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "flow.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_check__shipped_files_have_no_error_and_fall_back_in_two_languages() -> None:
    findings = check()
    assert [finding.split()[1] for finding in findings] == ["bo:", "ko:"]
    assert all(finding.startswith("warning: ") for finding in findings)
    assert check(languages=["zh", "en"], hours="office") == []


def test_check__own_recordings_complete_a_language(tmp_path: Path) -> None:
    for key in load_texts():
        write_wav(tmp_path / "prompts/bo" / f"{key}.wav")
    assert check(data_dir=tmp_path, languages=["zh", "bo"]) == []


def test_check__bad_definition_is_the_only_finding(tmp_path: Path) -> None:
    path = own_flow(tmp_path, 'key = "1"', 'key = "0"')
    assert check(path) == ["error: '0' cannot be the key of a choice; 1 to 9 can."]


def test_check__unknown_language_or_timetable() -> None:
    assert check(languages=["zh", "ug"]) == ["error: The language menu has no key for ug."]
    (finding,) = check(hours="night")
    assert finding.startswith("error: There is no timetable called night")


def test_check__prompt_without_audio(tmp_path: Path) -> None:
    path = own_flow(tmp_path, '["thanks"]', '["thank_you"]')
    findings = check(path, languages=["zh"])
    assert findings == [
        "error: There is no audio for the prompt thank_you.",
        "warning: never said: thanks.",
    ]


def test_check__recording_that_cannot_be_played(tmp_path: Path) -> None:
    bad = write_wav(tmp_path / "prompts/zh/thanks.wav", rate=16_000)
    (finding,) = check(data_dir=tmp_path, languages=["zh", "en"])
    assert finding.startswith(f"error: {bad} is 16000 Hz")


def test_check__prompt_that_says_another_key(tmp_path: Path) -> None:
    path = own_flow(tmp_path, 'key = "5"', 'key = "6"')
    assert check(path, languages=["zh", "en"]) == [
        "warning: topic_legal_aid (zh) does not say its key 6.",
        "warning: topic_legal_aid (en) does not say its key 6.",
    ]
