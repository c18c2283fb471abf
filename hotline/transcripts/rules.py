"""Rules of transcripts: who speaks, and what transcription is doing for one side of a call."""

from enum import StrEnum


class Speaker(StrEnum):
    """Whose voice a side of the call carries."""

    CALLER = "caller"
    LAWYER = "lawyer"


class Purpose(StrEnum):
    """What the words of a side are for."""

    TRANSCRIPT = "transcript"
    QUESTION = "question"
    """An answer to a question of the menus: told to the call's flow, and kept nowhere."""


class StreamState(StrEnum):
    """What live transcription does for one side of a call."""

    WANTED = "wanted"
    LIVE = "live"
    WITHOUT_PARTIALS = "without_partials"
    BY_UTTERANCE = "by_utterance"
    DEGRADED = "degraded"
    UNSUPPORTED = "unsupported"
    CLOSED = "closed"


class Source(StrEnum):
    """When a segment was made."""

    LIVE = "live"
    AFTER_CALL = "after_call"
    SECOND_PASS = "second_pass"  # noqa: S105 - no password


class Version(StrEnum):
    """Which transcript of a call: what was heard at first, anew by a better engine, or the best."""

    BEST = "best"
    FIRST = "first"
    SECOND = "second"


def merge_gap(gaps: list[list[int]], start_ms: int, end_ms: int) -> list[list[int]]:
    """The gaps with one more, in order, overlapping ones made one.

    Args:
        gaps: Pairs of milliseconds on the recording's clock, in order.
        start_ms: Where the new gap begins.
        end_ms: Where it ends; a gap that is not longer than nothing changes nothing.
    """
    if end_ms <= start_ms:
        return [list(gap) for gap in gaps]
    merged: list[list[int]] = []
    for start, end in sorted([*([gap[0], gap[1]] for gap in gaps), [start_ms, end_ms]]):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged
