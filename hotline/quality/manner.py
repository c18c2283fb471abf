"""How the two talked: the lawyer over the caller, and nobody at all. Pure."""

from collections.abc import Iterator

from hotline.quality.configuration import QualityRules
from hotline.quality.talk import Evidence, Finding, Item, Reason, Talk, Utterance, graded

# Shorter overlaps are how people take turns, and a detector's hangover.
_LEAST_OVERLAP_MS = 500
_MOST_EVIDENCE = 5


def talk_over(talk: Talk, rules: QualityRules) -> Finding:
    """The share of the lawyer's speech that runs over the caller's, who was speaking first."""
    lawyer, caller = talk.of("lawyer"), talk.of("caller")
    if not lawyer or not caller:
        return Finding(Item.TALK_OVER, None, Reason.NO_WORDS)
    spoken_ms = sum(one.end_ms - one.start_ms for one in lawyer)
    overlaps = list(_overlaps(caller, lawyer))
    share = sum(one.end_ms - one.start_ms for one in overlaps) / max(spoken_ms, 1)
    points = graded(share, good=rules.talk_over_good, bad=rules.talk_over_bad)
    longest = sorted(overlaps, key=lambda one: one.start_ms - one.end_ms)[:_MOST_EVIDENCE]
    return _finding(Item.TALK_OVER, points, share, longest)


def silence(talk: Talk, rules: QualityRules) -> Finding:
    """The share of the talk, from the first word to the last, in which nobody speaks or holds."""
    if not talk.of("lawyer") or not talk.of("caller"):
        return Finding(Item.SILENCE, None, Reason.NO_WORDS)
    gaps = list(_gaps(talk))
    begin = min(one.start_ms for one in talk.utterances)
    end = max(one.end_ms for one in talk.utterances)
    held_ms = talk.hold_seconds * 1000
    silent_ms = max(0.0, sum(one.end_ms - one.start_ms for one in gaps) - held_ms)
    share = silent_ms / max(end - begin - held_ms, 1.0)
    points = graded(share, good=rules.silence_good, bad=rules.silence_bad)
    least_ms = rules.long_silence_seconds * 1000
    long = [one for one in gaps if one.end_ms - one.start_ms >= least_ms][:_MOST_EVIDENCE]
    return _finding(Item.SILENCE, points, min(share, 1.0), long)


def _finding(item: Item, points: float, share: float, evidence: list[Evidence]) -> Finding:
    reason = Reason.FULL if points == 1.0 else Reason.TOO_MUCH
    in_order = tuple(sorted(evidence, key=lambda one: one.start_ms))
    return Finding(item, points, reason, round(share, 3), in_order)


def _overlaps(caller: list[Utterance], lawyer: list[Utterance]) -> Iterator[Evidence]:
    for one in lawyer:
        for other in caller:
            is_over = other.start_ms < one.start_ms < other.end_ms
            end = min(one.end_ms, other.end_ms)
            if is_over and end - one.start_ms >= _LEAST_OVERLAP_MS:
                yield Evidence(one.start_ms, end, one.text)
                break


def _gaps(talk: Talk) -> Iterator[Evidence]:
    in_order = sorted(talk.utterances, key=lambda one: one.start_ms)
    spoken_until = in_order[0].start_ms
    for one in in_order:
        if one.start_ms > spoken_until:
            yield Evidence(spoken_until, one.start_ms)
        spoken_until = max(spoken_until, one.end_ms)
