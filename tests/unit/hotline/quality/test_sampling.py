import pytest

from hotline.quality.sampling import Sample, agreement, sample_reason


def reason(call_id: str, **rest: bool) -> Sample | None:
    fields = {"is_dissatisfied": False, "has_forbidden_words": False} | rest
    return sample_reason(call_id, share=0.05, **fields)


class TestSampleReason:
    def test_dissatisfied_callers__are_all_in(self) -> None:
        reasons = {reason(f"call_{n}", is_dissatisfied=True) for n in range(100)}
        assert reasons == {Sample.DISSATISFIED}

    def test_forbidden_words__are_all_in(self) -> None:
        assert reason("call_1", has_forbidden_words=True) == Sample.FORBIDDEN_WORDS

    def test_chance__takes_about_its_share_and_always_the_same(self) -> None:
        first = [reason(f"call_{n}") for n in range(4000)]
        again = [reason(f"call_{n}") for n in range(4000)]

        assert first == again
        assert 150 <= sum(one == Sample.RANDOM for one in first) <= 250

    def test_whole_share__takes_all(self) -> None:
        drawn = sample_reason("c", share=1.0, is_dissatisfied=False, has_forbidden_words=False)
        assert drawn == Sample.RANDOM


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
