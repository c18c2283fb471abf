import pytest
from hypothesis import given, strategies

from asr.segments import Span, Timeline, in_words, joined, uncovered, without

spans = strategies.lists(
    strategies.tuples(strategies.integers(0, 500), strategies.integers(1, 80)).map(
        lambda pair: Span(pair[0], pair[0] + pair[1])
    ),
    max_size=8,
)


def covered(pieces: list[Span]) -> set[int]:
    return {moment for piece in pieces for moment in range(piece.start_ms, piece.end_ms)}


class TestTimeline:
    def test_start__no_jump__same_clock(self) -> None:
        assert Timeline().start(700) == 700

    def test_start__after_jumps__on_the_recordings_clock(self) -> None:
        timeline = Timeline()
        timeline.jump(0, 5000)
        timeline.jump(2000, 9000)

        assert timeline.start(1500) == 6500
        assert timeline.start(2000) == 9000
        assert timeline.start(2500) == 9500

    def test_end__at_a_jump__before_it(self) -> None:
        timeline = Timeline()
        timeline.jump(0, 5000)
        timeline.jump(2000, 9000)

        assert timeline.end(2000) == 7000
        assert timeline.end(2100) == 9100

    def test_jump__twice_at_the_same_place__the_later_holds(self) -> None:
        timeline = Timeline()
        timeline.jump(1000, 4000)
        timeline.jump(1000, 6000)

        assert timeline.start(1100) == 6100

    def test_forget_before__old_jumps__later_answers_stay(self) -> None:
        timeline = Timeline()
        for number in range(100):
            timeline.jump(number * 1000, number * 5000)

        timeline.forget_before(99_500)

        assert timeline.start(99_700) == 99 * 5000 + 700

    def test_end__before_all_that_is_remembered__still_answers(self) -> None:
        timeline = Timeline()
        timeline.jump(1000, 5000)
        timeline.forget_before(1000)

        assert timeline.end(1000) == 5000
        assert timeline.start(900) == 4900


class TestJoined:
    def test_joined__near_ones__made_one(self) -> None:
        pieces = [Span(500, 900), Span(0, 300), Span(1500, 1600)]

        assert joined(pieces, within_ms=200) == [Span(0, 900), Span(1500, 1600)]

    @given(spans)
    def test_joined__any__same_moments_in_order(self, pieces: list[Span]) -> None:
        result = joined(pieces)

        assert covered(result) == covered(pieces)
        assert all(a.end_ms < b.start_ms for a, b in zip(result, result[1:], strict=False))


class TestWithout:
    @given(spans, spans)
    def test_without__any__what_is_left(self, first: list[Span], others: list[Span]) -> None:
        for span in first:
            assert covered(without(span, others)) == covered([span]) - covered(others)

    def test_without__others_beyond_the_end__not_looked_at(self) -> None:
        assert without(Span(0, 100), [Span(50, 200), Span(300, 400)]) == [Span(0, 50)]


class TestUncovered:
    def test_uncovered__nothing_known__all_speech(self) -> None:
        speech = [Span(0, 1000), Span(2000, 3000)]

        assert uncovered(speech, [], tolerance_ms=300, least_ms=500) == speech

    def test_uncovered__edges_differ_a_little__covered(self) -> None:
        known = [Span(300, 2700)]

        assert uncovered([Span(0, 3000)], known, tolerance_ms=400, least_ms=500) == []

    def test_uncovered__a_sentence_missing__found(self) -> None:
        known = [Span(0, 2000), Span(6000, 8000)]

        left = uncovered([Span(0, 8000)], known, tolerance_ms=300, least_ms=500)

        assert left == [Span(2300, 5700)]


class TestInWords:
    @pytest.mark.parametrize(
        ("language", "words", "text"),
        [
            ("zh", ["我", "想", "咨询"], "我想咨询"),
            ("zh", ["拨打", "12348", "hotline", "电话"], "拨打12348 hotline电话"),
            ("ko", ["저는", "", "변호사"], "저는 변호사"),
            ("en", ["my", "landlord"], "my landlord"),
            ("zh", [], ""),
        ],
    )
    def test_in_words__as_the_language_writes(
        self, language: str, words: list[str], text: str
    ) -> None:
        assert in_words(language, words) == text


def test_length_ms__of_a_span__end_less_start() -> None:
    assert Span(200, 500).length_ms == 300
