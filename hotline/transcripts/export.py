"""A transcript as a file: readable text and SubRip subtitles. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

_SPEAKERS = {"caller": "来电人", "lawyer": "律师"}


@dataclass(frozen=True, slots=True)
class Line:
    """Something said; milliseconds on the recording's clock."""

    speaker: str
    start_ms: int
    end_ms: int
    text: str


def as_text(lines: Iterable[Line]) -> str:
    """One line each: ``[00:01:05] 来电人：…``."""
    return "".join(
        f"[{_clock(line.start_ms)}] {_speaker(line)}：{_one_line(line.text)}\n" for line in lines
    )


def as_srt(lines: Iterable[Line]) -> str:
    """SubRip: a number, the times with milliseconds, the words, a blank line."""
    return "".join(
        f"{number}\n{_srt_clock(line.start_ms)} --> {_srt_clock(max(line.end_ms, line.start_ms))}\n"
        f"{_speaker(line)}：{_one_line(line.text)}\n\n"
        for number, line in enumerate(lines, 1)
    )


def _speaker(line: Line) -> str:
    return _SPEAKERS.get(line.speaker, line.speaker)


def _one_line(text: str) -> str:
    # A blank line within the words would end the subtitle.
    return " ".join(text.split())


def _clock(milliseconds: int) -> str:
    seconds = milliseconds // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _srt_clock(milliseconds: int) -> str:
    return f"{_clock(milliseconds)},{milliseconds % 1000:03d}"
