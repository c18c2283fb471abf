"""From WAV to mp3, the one format that Chromium, Safari and WeChat all play and seek in."""

import os
import warnings
from pathlib import Path

import imageio_ffmpeg

with warnings.catch_warnings():
    # pydub looks for ffmpeg on the PATH and warns; ours comes with the wheel.
    warnings.simplefilter("ignore", RuntimeWarning)
    from pydub import AudioSegment
    from pydub.exceptions import CouldntEncodeError

MEDIA_TYPE = "audio/mpeg"
SUFFIX = ".mp3"

# 16 kHz is MPEG-2, which every decoder knows; 8 kHz would be the unofficial MPEG-2.5. A constant
# bit rate lets a browser find a moment by its byte.
_RATE_HZ = 16000
_BIT_RATE = "48k"


class EncodingError(Exception):
    """The encoder refused; the WAV is untouched and no half-written copy is left."""


def encode(wav: Path, encoded: Path) -> None:
    """Writes the encoded copy of a recording; it appears whole or not at all.

    Raises:
        EncodingError: The encoder refused, or there was no room.
    """
    partial = encoded.with_name(f".{encoded.name}.{os.getpid()}.part")
    try:
        # wave reads a plain WAV, so ffprobe, which the wheel has not, is never asked.
        with wav.open("rb") as file:
            audio = AudioSegment.from_file(file, format="wav")
        audio.converter = imageio_ffmpeg.get_ffmpeg_exe()
        audio.export(
            str(partial), format="mp3", bitrate=_BIT_RATE, parameters=["-ar", str(_RATE_HZ)]
        ).close()
        partial.chmod(0o600)
        partial.replace(encoded)
    except (CouldntEncodeError, OSError) as error:
        # pydub's message holds ffmpeg's whole output; its class is enough.
        raise EncodingError(f"{wav.name} could not be encoded") from error
    finally:
        partial.unlink(missing_ok=True)
