from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st

from hotline.intake.logic import NO, YES, Verdict, all_of, any_of, known, negate

OPEN = Verdict(None, ("age",))
OTHER = Verdict(None, ("status",))
VERDICTS = st.sampled_from([YES, NO, OPEN, OTHER])


class TestKnown:
    @pytest.mark.parametrize(("value", "verdict"), [(True, YES), (False, NO), (None, OPEN)])
    def test_known__turns_fact_into_verdict(self, value: bool | None, verdict: Verdict) -> None:
        assert known(value, "age") == verdict


class TestAllOf:
    def test_all_of__nothing_is_yes(self) -> None:
        assert all_of() == YES

    def test_all_of__no_settles_open_ones(self) -> None:
        assert all_of(OPEN, NO) == NO

    def test_all_of__asks_for_first_open_one_only(self) -> None:
        assert all_of(YES, OPEN, OTHER) == OPEN


class TestAnyOf:
    def test_any_of__nothing_is_no(self) -> None:
        assert any_of() == NO

    def test_any_of__yes_settles_open_ones(self) -> None:
        assert any_of(OPEN, YES) == YES

    def test_any_of__asks_for_every_open_one_once(self) -> None:
        assert any_of(NO, OPEN, OTHER, OPEN) == Verdict(None, ("age", "status"))


class TestProperties:
    @settings(deadline=None)
    @given(VERDICTS, VERDICTS)
    def test_negate__swaps_all_and_any(self, left: Verdict, right: Verdict) -> None:
        both = negate(all_of(left, right)).value

        assert both == any_of(negate(left), negate(right)).value

    @settings(deadline=None)
    @given(st.lists(VERDICTS, max_size=4), st.sampled_from([all_of, any_of]))
    def test_verdicts__settled_stays_whatever_the_open_ones_become(
        self, verdicts: list[Verdict], combine: Callable[..., Verdict]
    ) -> None:
        before = combine(*verdicts).value
        for filling in (YES, NO):
            filled = [filling if verdict.value is None else verdict for verdict in verdicts]
            assert before is None or combine(*filled).value == before

    @settings(deadline=None)
    @given(st.lists(VERDICTS, max_size=4), st.sampled_from([all_of, any_of]))
    def test_verdicts__open_ones_ask_and_settled_ones_do_not(
        self, verdicts: list[Verdict], combine: Callable[..., Verdict]
    ) -> None:
        verdict = combine(*verdicts)

        assert bool(verdict.asks) == (verdict.value is None)
