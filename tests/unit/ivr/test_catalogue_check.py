from collections.abc import Sequence
from pathlib import Path

from hotline.flows.findings import FlowFinding, Severity
from ivr.catalogue import SHIPPED, load_texts
from ivr.catalogue_check import check, recorded
from tests.unit.ivr.test_catalogue import write_wav

# What the check says of the shipped file for ever: its menus have six keys.
ASIDE = "menu_too_long"


def own_flow(tmp_path: Path, old: str, new: str) -> Path:
    """The shipped flow file with one part replaced."""
    text = (SHIPPED / "flow.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "flow.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def rules(findings: Sequence[FlowFinding]) -> list[str]:
    """The names of what callers would notice."""
    return [each.rule for each in findings if each.severity is not Severity.NOTE]


def test_check__shipped_files_have_no_error_and_fall_back_in_two_languages() -> None:
    findings = check()
    assert rules(findings) == [ASIDE, "prompt_falls_back", "prompt_falls_back"]
    assert [finding.text[:3] for finding in findings[1:3]] == ["bo:", "ko:"]
    assert rules(check(languages=["zh", "en"], hours="office")) == [ASIDE]


def test_check__shipped_menus_need_the_rule_that_they_set_aside(tmp_path: Path) -> None:
    path = own_flow(tmp_path, 'override = ["menu_too_long"]', "")
    errors = [each for each in check(path) if each.severity is Severity.ERROR]

    assert [(each.rule, each.values["menu"], each.values["keys"]) for each in errors] == [
        ("menu_too_long", "language_menu", "6"),
        ("menu_too_long", "topic_menu", "6"),
    ]
    assert "1, 2, 3, 4, 5, 8" in errors[1].text
    assert rules(check(path, languages=["zh", "en"])) == ["menu_too_long"]


def test_check__own_recordings_complete_a_language(tmp_path: Path) -> None:
    for key in load_texts():
        write_wav(tmp_path / "prompts/bo" / f"{key}.wav")
    assert rules(check(data_dir=tmp_path, languages=["zh", "bo"])) == [ASIDE]


def test_check__file_that_is_not_there(tmp_path: Path) -> None:
    (finding,) = check(tmp_path / "nowhere.toml")
    assert (finding.rule, finding.severity) == ("file", Severity.ERROR)


def test_check__prompt_without_audio(tmp_path: Path) -> None:
    path = own_flow(tmp_path, '["thanks"]', '["thank_you"]')
    findings = check(path, languages=["zh"])
    assert rules(findings) == ["prompt_missing", ASIDE]
    assert "thank_you" in findings[0].text


def test_check__recording_that_cannot_be_played(tmp_path: Path) -> None:
    bad = write_wav(tmp_path / "prompts/zh/thanks.wav", rate=16_000)
    findings = check(data_dir=tmp_path, languages=["zh", "en"])
    assert rules(findings) == ["prompt_unplayable", ASIDE]
    assert findings[0].text.startswith(f"{bad} is 16000 Hz")


def test_recorded__names_what_can_be_played(tmp_path: Path) -> None:
    write_wav(tmp_path / "bo/thanks.wav")
    write_wav(tmp_path / "bo/goodbye.wav", channels=2)
    assert recorded([tmp_path]) == {"bo": {"thanks"}, "any": frozenset()}
