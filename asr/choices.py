"""What the operator chose: which engine with which model serves a language."""

from dataclasses import dataclass
from pathlib import Path

from hotline.errors import NotConfigured


@dataclass(frozen=True, slots=True)
class Choice:
    """One language's engine.

    Attributes:
        engine: vosk, whisper or fake.
        model: The model's name.
        directory: Where the model is, or will be once it is put together.
        remedy: What to do because the engine cannot be used; empty when it can.
    """

    language: str
    engine: str
    model: str
    directory: Path
    remedy: str = ""


def parse(text: str) -> dict[str, tuple[str, str]]:
    """Engine and model (or empty) per language from a setting such as ``zh=whisper,ko=vosk:NAME``.

    Languages set to ``none`` are left out.

    Raises:
        NotConfigured: The text is not of this form.
    """
    chosen: dict[str, tuple[str, str]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        language, separator, value = (piece.strip() for piece in part.partition("="))
        engine, _, model = value.partition(":")
        if not (separator and language and engine in {"vosk", "whisper", "fake", "none"}):
            raise NotConfigured(
                "HOTLINE_ASR_ENGINES cannot be used: write for example "
                "zh=whisper,ko=vosk or zh=vosk:vosk-model-small-cn-0.22."
            )
        if engine != "none":
            chosen[language] = (engine, model)
    return chosen
