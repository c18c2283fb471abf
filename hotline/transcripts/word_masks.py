"""The words of a segment, one by one, as a masked text shows them. Pure.

Engines give each word with its times. What people read may be written otherwise ("一百二十" as 120,
with punctuation), so that the words are laid on the text where they are the same, and where they
are not nothing is shown that the text may hide.
"""

from collections.abc import Sequence

from hotline.transcripts.redaction import redact_pieces

_MASK = "*"


def mask_words(words: Sequence[str], *, text: str, shown: str) -> list[str]:
    """The words as this reader may see them, as many as there were.

    Args:
        words: What the engine heard, in order.
        text: What is stored of it for people to read.
        shown: The same as the reader sees it, as long as it is.
    """
    places = _places(words, text)
    if places is not None:
        return [shown[start:end] for start, end in places]
    if shown == text:
        return redact_pieces(words)
    return [_MASK * len(word) for word in words]


def _places(words: Sequence[str], text: str) -> list[tuple[int, int]] | None:
    """Where each word stands, with nothing but blanks and punctuation between; None if it differs.

    Letters may be large in one and small in the other.
    """
    found, place = [], 0
    lowered = text.lower()
    if len(lowered) != len(text):
        return None
    for word in words:
        start = _next_letter(text, place)
        if not word or not lowered.startswith(word.lower(), start):
            return None
        place = start + len(word)
        found.append((start, place))
    return found if _next_letter(text, place) == len(text) else None


def _next_letter(text: str, place: int) -> int:
    while place < len(text) and not text[place].isalnum():
        place += 1
    return place
