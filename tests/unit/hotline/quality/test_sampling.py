import hashlib

import pytest
from hypothesis import given, strategies as st

from hotline.quality.sampling import Sample, agreement, lot, lowest, sample_reason


def reason(drawn: float, **rest: bool) -> Sample | None:
    fields = {"is_dissatisfied": False, "has_forbidden_words": False} | rest
    return sample_reason(drawn, share=0.05, **fields)


class TestLot:
    def test_lots__are_spread_evenly(self) -> None:
        drawn = [lot(hashlib.sha256(f"call_{n}".encode()).hexdigest()) for n in range(4000)]

        assert all(0 <= one < 1 for one in drawn)
        assert 150 <= sum(one < 0.05 for one in drawn) <= 250


class TestSampleReason:
    def test_dissatisfied_callers__are_all_in(self) -> None:
        reasons = {reason(n / 100, is_dissatisfied=True) for n in range(100)}
        assert reasons == {Sample.DISSATISFIED}

    def test_forbidden_words__are_all_in(self) -> None:
        assert reason(0.9, has_forbidden_words=True) == Sample.FORBIDDEN_WORDS

    def test_low_lots__are_in(self) -> None:
        assert (reason(0.0499), reason(0.05)) == (Sample.RANDOM, None)

    def test_whole_share__takes_all(self) -> None:
        drawn = sample_reason(0.999, share=1.0, is_dissatisfied=False, has_forbidden_words=False)
        assert drawn == Sample.RANDOM


class TestLowest:
    @given(
        st.lists(st.floats(0, 1, exclude_max=True), max_size=300), st.sampled_from([0.05, 0.07, 1])
    )
    def test_chosen__are_the_share_at_least_and_the_lowest(
        self, drawn: list[float], share: float
    ) -> None:
        lots = {f"call_{place}": one for place, one in enumerate(drawn)}

        chosen = lowest(lots, share=share)

        assert share * len(lots) - 1e-6 <= len(chosen) < share * len(lots) + 1
        others = [lots[call_id] for call_id in lots.keys() - set(chosen)]
        assert all(lots[call_id] <= other for call_id in chosen for other in others)

    @pytest.mark.parametrize(("count", "least"), [(0, 0), (1, 1), (20, 1), (21, 2), (100, 5)])
    def test_small_days__round_up(self, count: int, least: int) -> None:
        assert len(lowest({str(n): n / 100 for n in range(count)}, share=0.05)) == least


class TestAgreement:
    def test_nothing_judged__says_nothing(self) -> None:
        assert agreement([]).percent is None

    def test_kappa__of_a_worked_example(self) -> None:
        # 20 both pass, 15 both fail, 5 and 10 differ: observed 0.7, expected 0.5, kappa 0.4.
        verdicts = (
            [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
        )

        found = agreement(verdicts, [2.0, -1.0])

        assert (found.count, found.percent, found.kappa) == (50, 70.0, 0.4)
        assert found.mean_difference == 0.5

    @pytest.mark.parametrize(
        ("verdicts", "kappa"),
        [
            ([(True, True), (False, False)], 1.0),
            ([(True, False), (False, True)], -1.0),
            ([(True, True), (True, True)], None),
        ],
    )
    def test_kappa__at_its_ends(
        self, verdicts: list[tuple[bool, bool]], kappa: float | None
    ) -> None:
        assert agreement(verdicts).kappa == kappa
