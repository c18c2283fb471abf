"""An engine of this machine that takes over from one elsewhere, for the rest of an utterance."""

from asr.engine import Effort, Engine, Final, Heard, Partial, Word


class Takeover:
    """Hears one utterance, or what is left of it."""

    def __init__(self, engine: Engine, language: str, *, origin_ms: int) -> None:
        """Args:
        engine: The engine of this machine.
        language: What is spoken.
        origin_ms: How much audio the side had been fed before.
        """
        self._engine = engine
        self._recogniser = engine.open(language)
        self._origin_ms = origin_ms

    def accept(self, pcm: bytes) -> list[Heard]:
        """Takes the next audio."""
        return [self._moved(heard) for heard in self._recogniser.accept(pcm)]

    def flush(self, effort: Effort) -> list[Heard]:
        """Gives what is owed."""
        return [self._moved(heard) for heard in self._recogniser.flush(effort)]

    def close(self) -> None:
        """Gives the memory back."""
        self._recogniser.close()

    def _moved(self, heard: Heard) -> Heard:
        start, end = heard.start_ms + self._origin_ms, heard.end_ms + self._origin_ms
        if isinstance(heard, Partial):
            return Partial(heard.text, start, end)
        words = tuple(
            Word(
                word.text,
                word.start_ms + self._origin_ms,
                word.end_ms + self._origin_ms,
                word.confidence,
            )
            for word in heard.words
        )
        return Final(
            heard.text,
            start,
            end,
            heard.confidence,
            words,
            engine=self._engine.name,
            model=self._engine.model,
        )
