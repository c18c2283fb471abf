"""An engine that follows a script, for tests and for trying the way words travel without a model.

It never listens: each utterance yields the script's next line, the last line again and again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from asr.choices import Choice
from asr.engine import BYTES_PER_MS, Effort, Engine, Final, Heard, Partial, Recogniser
from hotline.errors import InvalidInput

DEFAULT_SCRIPT = ("第一句话", "第二句话", "第三句话")


class FakeRecogniser:
    """Speaks its script."""

    def __init__(self, script: Sequence[str], *, is_streaming: bool) -> None:
        self._script = script
        self._is_streaming = is_streaming
        self._spoken = 0
        self._fed_bytes = 0
        self._begin_bytes = 0
        self.is_closed = False

    def accept(self, pcm: bytes) -> Sequence[Heard]:
        """Gives one more character of the line with every piece."""
        self._fed_bytes += len(pcm)
        if not self._is_streaming:
            return []
        seconds = (self._fed_bytes - self._begin_bytes) // (1000 * BYTES_PER_MS)
        return [Partial(self._line[: 1 + seconds], self._ms(self._begin_bytes), self._now_ms)]

    def prepare(self) -> None:
        """Does nothing: the line is known."""

    def flush(self, effort: Effort = Effort.FULL) -> Sequence[Heard]:  # noqa: ARG002 - the Protocol's
        """Gives the whole line."""
        if self._fed_bytes == self._begin_bytes:
            return []
        final = Final(self._line, self._ms(self._begin_bytes), self._now_ms, confidence=1.0)
        self._begin_bytes = self._fed_bytes
        self._spoken += 1
        return [final]

    def close(self) -> None:
        """Notes that it was closed."""
        self.is_closed = True

    @property
    def _line(self) -> str:
        return self._script[min(self._spoken, len(self._script) - 1)]

    @property
    def _now_ms(self) -> int:
        return self._ms(self._fed_bytes)

    @staticmethod
    def _ms(count: int) -> int:
        return count // BYTES_PER_MS


@dataclass(frozen=True, slots=True)
class FakeEngine:
    """Opens recognisers that follow a script, whatever the language."""

    script: Sequence[str] = DEFAULT_SCRIPT
    is_streaming: bool = True
    sets_marks: bool = True
    name: str = "fake"
    model: str = "script"
    languages: frozenset[str] = frozenset({"zh", "en", "ko", "bo"})

    def open(self, language: str) -> Recogniser:
        """A recogniser at the beginning of the script."""
        if language not in self.languages:
            raise InvalidInput(f"The script is not in {language}.")
        return FakeRecogniser(self.script, is_streaming=self.is_streaming)


def load(choice: Choice) -> Engine:  # noqa: ARG001 - there is nothing to choose
    """The engine with its own script."""
    return FakeEngine()
