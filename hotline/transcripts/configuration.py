"""What administrators set for transcription while the hotline runs."""

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator

# As in HOTLINE_ASR_ENGINES: the engine, and its model or servers behind a colon.
_ENGINE = re.compile(r"(whisper|vosk|remote|fake)(:[^\s,]+)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class SpeechRules(BaseModel):
    """How calls are transcribed, apart from which engine listens at first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    second_pass: dict[str, str] = Field(
        default_factory=dict,
        description="Engine per language that hears the whole call anew after it, such as "
        '{"zh": "whisper:large"}; empty: no second pass.',
    )
    late_ms: int = Field(
        default=1500,
        ge=300,
        le=10_000,
        description="Words that come later than this after the end of a sentence (apart from the "
        "half second that ends it) make calls go without partial words, the newest ones first.",
    )
    too_late_ms: int = Field(
        default=4000,
        ge=1000,
        le=60_000,
        description="Words that come later than this make calls be transcribed after the call, "
        "the newest ones first.",
    )

    @field_validator("second_pass")
    @classmethod
    def _engines_are_known(cls, chosen: dict[str, str]) -> dict[str, str]:
        for language, engine in chosen.items():
            if not _LANGUAGE.fullmatch(language):
                raise ValueError(f"{language} is no language code")
            if not _ENGINE.fullmatch(engine):
                raise ValueError(f"{engine} is no engine: whisper, vosk or remote, and a model")
        return chosen
