"""Words and their times: joining, ordering and comparing pieces of speech. Pure.

Times are milliseconds. A `Span` is half open: one that ends at 500 touches one that begins there.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Chinese and Japanese write words without spaces, Korean and English with.
_UNSPACED = frozenset({"zh", "ja", "yue"})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.end_ms - self.start_ms


class Timeline:
    """From the clock of what was fed to an engine to the recording's clock.

    Silence is not fed, so the two drift apart; every jump is noted and can be undone.
    """

    def __init__(self) -> None:
        self._fed: list[int] = [0]
        self._position: list[int] = [0]

    def jump(self, fed_ms: int, position_ms: int) -> None:
        """What is fed from `fed_ms` on was spoken from `position_ms` on; call in order."""
        if self._fed[-1] == fed_ms:
            self._position[-1] = position_ms
            return
        self._fed.append(fed_ms)
        self._position.append(position_ms)

    def start(self, fed_ms: int) -> int:
        """Where something begins that begins at `fed_ms`."""
        return self._at(max(0, bisect_right(self._fed, fed_ms) - 1), fed_ms)

    def end(self, fed_ms: int) -> int:
        """Where something ends that ends at `fed_ms`: before a jump, not after it."""
        return self._at(max(0, bisect_left(self._fed, fed_ms) - 1), fed_ms)

    def forget_before(self, fed_ms: int) -> None:
        """Lets go of jumps that nobody will ask about, so that a long call stays small."""
        keep = max(0, bisect_right(self._fed, fed_ms) - 1)
        del self._fed[:keep]
        del self._position[:keep]

    def _at(self, index: int, fed_ms: int) -> int:
        return self._position[index] + fed_ms - self._fed[index]


def joined(spans: Iterable[Span], *, within_ms: int = 0) -> list[Span]:
    """The spans in order, those that overlap or lie at most `within_ms` apart made one."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.start_ms <= result[-1].end_ms + within_ms:
            last = result.pop()
            span = Span(last.start_ms, max(last.end_ms, span.end_ms))
        result.append(span)
    return result


def without(span: Span, others: Iterable[Span]) -> list[Span]:
    """What is left of a span when others are cut out of it."""
    left: list[Span] = []
    start = span.start_ms
    for other in joined(others):
        if other.start_ms > start:
            left.append(Span(start, min(other.start_ms, span.end_ms)))
        start = max(start, other.end_ms)
        if start >= span.end_ms:
            break
    if start < span.end_ms:
        left.append(Span(start, span.end_ms))
    return [piece for piece in left if piece.length_ms > 0]


def uncovered(
    speech: Sequence[Span], known: Sequence[Span], *, tolerance_ms: int, least_ms: int
) -> list[Span]:
    """The speech that no known span accounts for.

    Args:
        speech: Where somebody speaks.
        known: Where words are already known.
        tolerance_ms: How far beyond its edges a known span still counts; engines and voice
            detectors do not agree on where a word begins.
        least_ms: Shorter remains are taken for such disagreement.
    """
    wide = [Span(span.start_ms - tolerance_ms, span.end_ms + tolerance_ms) for span in known]
    pieces = [piece for span in sorted(speech) for piece in without(span, wide)]
    return [piece for piece in pieces if piece.length_ms >= least_ms]


def in_words(language: str, words: Iterable[str]) -> str:
    """Words written as the language writes them.

    In Chinese a space is kept only between two words that are both of letters or digits of the
    Latin alphabet ("12348 hotline").
    """
    spaced = [word for word in words if word]
    if language not in _UNSPACED:
        return " ".join(spaced)
    text = ""
    for word in spaced:
        needs_space = bool(text) and text[-1].isascii() and word[0].isascii()
        text += f" {word}" if needs_space else word
    return text
