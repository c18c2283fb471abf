"""Telling what was heard from what an engine makes up over noise and silence. Pure.

Whisper was trained on subtitles: over music or hiss it writes thanks to viewers, and sometimes it
says a phrase twice.
"""

import re

# Below this average log probability a guess deserves a second look; whisper's own limit.
_DOUBTFUL = -1.0
# Silence is likely and the words are not sure: whisper's own pair of limits is 0.6 and -1.0; the
# telephone's hiss needs a little more care.
_SILENCE = 0.6
_UNSURE = -0.7

# The same phrase of four characters or more two times in a row, whatever stands between; numbers
# may repeat themselves.
_LOOP = re.compile(r"([^\W\d][\w ]{2,}?\w)(?:[^\w]*\1)+")

_SUBTITLES = re.compile(
    r"字幕|点赞|订阅|请不吝|明镜|谢谢观看|感谢观看|amara\.org|thanks for watching|시청해",
    re.IGNORECASE,
)
_NOT_WORDS = re.compile(r"[\W_]+")


def is_traditional(text: str) -> bool:
    """Whether a text has Chinese characters that simplified writing does not have.

    GB 2312 has the 6763 characters of everyday simplified writing and no others.
    """
    return any("\u4e00" <= each <= "\u9fff" and not _is_simplified(each) for each in text)


def _is_simplified(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def is_doubtful(log_probability: float) -> bool:
    """Whether a guess is so unsure that it deserves a second look."""
    return log_probability < _DOUBTFUL


def has_loop(text: str) -> bool:
    """Whether a phrase is said again at once, which engines do more often than people."""
    return _LOOP.search(text) is not None


def without_loops(text: str) -> str:
    """The text with phrases that repeat themselves said once."""
    return _LOOP.sub(r"\1", text)


def is_made_up(
    text: str, *, log_probability: float, silence_probability: float, prompt: str
) -> bool:
    """Whether a text is better not shown: empty, invented over silence, or our own prompt.

    Args:
        text: What the engine wrote.
        log_probability: The average of its tokens.
        silence_probability: 0 to 1, that nobody spoke.
        prompt: What the engine was told to have heard before.
    """
    bare = _NOT_WORDS.sub("", text)
    if not bare or bare == _NOT_WORDS.sub("", prompt):
        return True
    if silence_probability > _SILENCE and log_probability < _UNSURE:
        return True
    return _SUBTITLES.search(text) is not None and log_probability < _UNSURE / 2
