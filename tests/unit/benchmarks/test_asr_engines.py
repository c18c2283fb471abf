"""Every engine of Mandarin is measured, or a line says why not."""

from pathlib import Path

import pytest

from asr.choices import Choice
from asr.engine import Final, Word
from asr.fake_engine import FakeRecogniser
from asr.inventory import choices
from benchmarks.asr_engines import Candidate, candidates
from benchmarks.vosk_server import Conversation
from hotline.errors import NotConfigured
from hotline.settings import Settings, load_settings

SMALL = "vosk-model-small-cn-0.22"
LARGE = "vosk-model-cn-0.22"

PIECE = bytes(1600)


@pytest.fixture
def operator(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", asr_engines="zh=whisper")


def found(wanted: str, operator: Settings) -> list[Candidate]:
    with candidates(wanted, operator) as engines:
        return engines


def install(operator: Settings, name: str) -> None:
    (operator.models_dir / name / "am").mkdir(parents=True)


def chosen(candidate: Candidate, operator: Settings) -> Choice:
    """The engine that a hotline with other directories takes for it."""
    elsewhere = load_settings(operator.data_dir / "elsewhere", asr_engines=candidate.setting)
    return choices(elsewhere)[candidate.language]


class TestCandidates:
    def test_candidates__settings__as_they_were_given(self, operator: Settings) -> None:
        given = found("zh=whisper,ko=vosk;ko=vosk:small", operator)

        assert [candidate.setting for candidate in given] == ["zh=whisper,ko=vosk", "ko=vosk:small"]
        assert [candidate.language for candidate in given] == ["zh", "ko"]

    def test_candidates__unknown_name__names_the_known(self, operator: Settings) -> None:
        with pytest.raises(NotConfigured, match="whisper, vosk, remote"):
            found("wisper", operator)

    def test_candidates__no_vosk_model_of_mandarin__says_how_to_install_it(
        self, operator: Settings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        given = found("whisper,vosk", operator)

        assert [candidate.name for candidate in given] == ["whisper"]
        assert capsys.readouterr().out.splitlines() == [
            f"vosk is not measured: Speech model {SMALL} is missing: "
            f"run `hotline models install {SMALL}`."
        ]

    def test_candidates__vosk_models_installed__each_is_measured_wherever_the_hotline_runs(
        self, operator: Settings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        install(operator, SMALL)
        install(operator, LARGE)

        given = found("vosk", operator)

        assert [candidate.name for candidate in given] == [f"vosk:{SMALL}", f"vosk:{LARGE}"]
        for candidate, name in zip(given, (SMALL, LARGE), strict=True):
            assert chosen(candidate, operator).directory == operator.models_dir / name
            assert not chosen(candidate, operator).remedy
        assert capsys.readouterr().out == ""

    def test_candidates__vosk_model_of_the_operators_own__measured_too(
        self, operator: Settings
    ) -> None:
        install(operator, "ours")
        operator = operator.model_copy(update={"asr_engines": "zh=vosk:ours"})

        (candidate,) = found("vosk", operator)

        assert chosen(candidate, operator).directory == operator.models_dir / "ours"


class Slow(FakeRecogniser):
    """Is sure of something only at its third piece."""

    pieces = 0

    def accept(self, pcm: bytes) -> list[Final]:
        self.pieces += 1
        words = (Word("你好", 100, 600, 0.5), Word("吗", 600, 800, 1.0))
        return [Final("你好吗？", 100, 800, 0.75, words)] if self.pieces == 3 else []


class TestConversation:
    """The protocol of alphacep/vosk-server, websocket/asr_server.py."""

    def test_answer__from_configuration_to_end__as_a_vosk_server(self) -> None:
        conversation = Conversation(FakeRecogniser(("今天，很好。",), is_streaming=True))

        assert conversation.answer('{"config" : {"sample_rate" : 8000}}') is None
        assert conversation.answer(PIECE) == '{"partial": "今"}'
        assert not conversation.is_over
        assert conversation.answer('{"eof" : 1}') == '{"text": "今天 很好"}'
        assert conversation.is_over

    def test_answer__nothing_was_heard__empty_words(self) -> None:
        conversation = Conversation(FakeRecogniser(("一",), is_streaming=False))

        assert conversation.answer(PIECE) == '{"partial": ""}'

    def test_answer__final_words_in_mid_audio__with_their_times(self) -> None:
        conversation = Conversation(Slow((), is_streaming=True))

        assert [conversation.answer(PIECE) for _ in range(4)] == [
            '{"partial": ""}',
            '{"partial": ""}',
            '{"result": [{"conf": 0.5, "end": 0.6, "start": 0.1, "word": "你好"}, '
            '{"conf": 1.0, "end": 0.8, "start": 0.6, "word": "吗"}], "text": "你好吗"}',
            '{"partial": ""}',
        ]

    def test_answer__end_written_otherwise__is_none(self) -> None:
        conversation = Conversation(FakeRecogniser(("一",), is_streaming=True))

        with pytest.raises(ValueError, match="neither"):
            conversation.answer('{"eof":1}')
