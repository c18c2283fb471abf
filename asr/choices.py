"""What the operator chose: which engine with which model serves a language."""

from dataclasses import dataclass
from pathlib import Path

from hotline.errors import NotConfigured


@dataclass(frozen=True, slots=True)
class Choice:
    """One language's engine.

    Attributes:
        engine: vosk, whisper, remote or fake.
        model: The model's name.
        directory: Where the model is, or will be once it is put together.
        remedy: What to do because the engine cannot be used; empty when it can.
        servers: Addresses of the vosk-servers of a remote engine.
        fallback: The engine of this machine that takes over when all servers fail.
    """

    language: str
    engine: str
    model: str
    directory: Path
    remedy: str = ""
    servers: tuple[str, ...] = ()
    fallback: "Choice | None" = None


def parse(text: str) -> dict[str, tuple[str, str]]:
    """Engine and model (or empty) per language from a setting such as ``zh=whisper,ko=vosk:NAME``.

    Languages set to ``none`` are left out. Servers and the engine that takes over for them stand
    behind ``remote:`` with bars between them: ``zh=remote:ws://one:2700|ws://two:2700|whisper``.

    Raises:
        NotConfigured: The text is not of this form.
    """
    chosen: dict[str, tuple[str, str]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        language, separator, value = (piece.strip() for piece in part.partition("="))
        engine, _, model = value.partition(":")
        if not (separator and language and engine in {"vosk", "whisper", "remote", "fake", "none"}):
            raise NotConfigured(
                "HOTLINE_ASR_ENGINES cannot be used: write for example "
                "zh=whisper,ko=vosk or zh=vosk:vosk-model-small-cn-0.22 or "
                "zh=remote:ws://HOST:2700."
            )
        if engine != "none":
            chosen[language] = (engine, model)
    return chosen
