"""How good a leg's voice is, as a listener would judge it: the E-model, made simple.

Pure. The rating R of ITU-T G.107 begins at what plain G.711 reaches and loses what delay and loss
take away; the mean opinion score follows from it (G.107 annex B).
"""

# R of G.711 without delay or loss, all other parameters at their defaults (G.107 table 2).
_BEST_RATING = 93.2

# G.711 with concealment after its appendix I: how well it bears random loss, and what it costs
# without any (G.113 appendix I).
_LOSS_ROBUSTNESS = 25.1
_CODEC_IMPAIRMENT = 0.0
_MOST_IMPAIRMENT = 95.0

# Delay costs little each ms, and more from where talkers begin to interrupt each other (R. Cole
# and J. Rosenbluth, "Voice over IP performance monitoring", 2001: two lines for G.107's Idd).
_DELAY_COST = 0.024
_LONG_DELAY_MS = 177.3
_LONG_DELAY_COST = 0.11

_WORST_SCORE = 1.0
_BEST_SCORE = 4.5


def rating(*, loss: float, delay_ms: float) -> float:
    """The transmission rating R of a G.711 leg.

    Args:
        loss: Share of frames that were never played, 0..1: lost, or late.
        delay_ms: From mouth to ear, one way.
    """
    percent = 100 * min(max(loss, 0.0), 1.0)
    by_loss = _CODEC_IMPAIRMENT + (_MOST_IMPAIRMENT - _CODEC_IMPAIRMENT) * percent / (
        percent + _LOSS_ROBUSTNESS
    )
    delay_ms = max(delay_ms, 0.0)
    by_delay = _DELAY_COST * delay_ms + _LONG_DELAY_COST * max(delay_ms - _LONG_DELAY_MS, 0.0)
    return _BEST_RATING - by_loss - by_delay


def opinion_score(rating: float) -> float:
    """The mean opinion score, 1 to 4.5, that a rating stands for (G.107 annex B)."""
    if rating <= 0:
        return _WORST_SCORE
    if rating >= 100:
        return _BEST_SCORE
    score = 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating)
    # The polynomial dips below the scale's end near 0.
    return max(_WORST_SCORE, score)
