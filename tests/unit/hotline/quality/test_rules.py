import pytest

from hotline.quality.configuration import QualityRules
from hotline.quality.rules import judge
from hotline.quality.talk import Finding, Item, Reason, Talk, Utterance

RULES = QualityRules()


def said(*lines: tuple[str, int, int, str]) -> tuple[Utterance, ...]:
    return tuple(Utterance(*line) for line in lines)


def lawyer_says(text: str, **rest: bool) -> Talk:
    return Talk(utterances=said(("lawyer", 0, 2000, text)), **rest)


def find(item: Item, talk: Talk) -> Finding:
    return judge(talk, RULES).of(item)


class TestGreeting:
    @pytest.mark.parametrize(
        ("text", "share"),
        [
            ("您好，12348热线，请讲", 1.0),
            ("你好我是值班律师", 1.0),
            ("您好，很高兴为您服务", 1.0),
            ("你好", 0.5),
            ("请讲", 0.5),
            ("说吧什么事", 0.0),
            ("喂", 0.0),
        ],
    )
    def test_greeting(self, text: str, share: float) -> None:
        assert find(Item.GREETING, lawyer_says(text)).share == share

    def test_greeting_after_many_sentences__is_none(self) -> None:
        lines = [("lawyer", n * 1000, n * 1000 + 900, "嗯") for n in range(4)]
        talk = Talk(utterances=said(*lines, ("lawyer", 9000, 9900, "您好，请讲")))

        assert find(Item.GREETING, talk).reason == Reason.MISSING

    def test_no_words__is_not_judged(self) -> None:
        assert find(Item.GREETING, Talk()).share is None


class TestRecordingNotice:
    @pytest.mark.parametrize(
        ("talk", "share"),
        [
            (Talk(was_recorded=True, notice=True), 1.0),
            (Talk(was_recorded=True, notice=False), 0.0),
            (Talk(was_recorded=True, notice=None), None),
            (lawyer_says("本次通话会录音", notice=False), 1.0),
            (Talk(was_recorded=False, has_refused=True), None),
            (Talk(was_recorded=False), None),
            (lawyer_says("本次通话会录音", was_recorded=False), 1.0),
        ],
    )
    def test_notice(self, talk: Talk, share: float | None) -> None:
        assert find(Item.RECORDING_NOTICE, talk).share == share


class TestLegalAidTold:
    @pytest.mark.parametrize(
        ("text", "is_needed", "share"),
        [
            ("您可以去当地法律援助中心申请", True, 1.0),
            ("您符合条件的话可以申请法律援助", True, 1.0),
            ("法律援助是免费的", True, 1.0),
            ("可以免费给您指派律师", True, 1.0),
            ("您去法院起诉吧", True, 0.0),
            ("您去法院起诉吧", False, None),
            ("这个情况不能申请法律援助", True, 0.0),
        ],
    )
    def test_told(self, text: str, is_needed: bool, share: float | None) -> None:
        talk = lawyer_says(text, may_need_legal_aid=is_needed)
        assert find(Item.LEGAL_AID_TOLD, talk).share == share

    def test_noted_in_the_ticket__counts(self) -> None:
        talk = Talk(may_need_legal_aid=True, is_informed_noted=True)
        assert find(Item.LEGAL_AID_TOLD, talk).share == 1.0


class TestForbiddenWords:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("你加我微信，我们细聊", Reason.SAID),
            ("这个案子你可以委托我", Reason.SAID),
            ("来我们律所当面谈", Reason.SAID),
            ("这个官司保证赢", Reason.SAID),
            ("我 给 你 打官司", Reason.SAID),
            ("您不要先交钱", Reason.FULL),
            ("我们热线不能保证赢", Reason.FULL),
            ("您可以委托律师", Reason.FULL),
            ("法院诉讼费五十元", Reason.FULL),
        ],
    )
    def test_words(self, text: str, reason: Reason) -> None:
        assert find(Item.FORBIDDEN_WORDS, lawyer_says(text)).reason == reason

    def test_caller_s_words__do_not_count(self) -> None:
        talk = Talk(
            utterances=said(("caller", 0, 900, "要不你加我微信"), ("lawyer", 1000, 1900, "抱歉"))
        )
        assert find(Item.FORBIDDEN_WORDS, talk).share == 1.0

    def test_said__fails_the_call_and_shows_where(self) -> None:
        talk = Talk(
            utterances=said(("lawyer", 0, 900, "您好请讲"), ("lawyer", 5000, 6000, "加我微信"))
        )

        judgement = judge(talk, RULES)

        assert not judgement.has_passed
        assert judgement.of(Item.FORBIDDEN_WORDS).evidence[0].start_ms == 5000


class TestTalkOver:
    def test_lawyer_who_cuts_in__loses_points(self) -> None:
        talk = Talk(
            utterances=said(
                ("caller", 0, 10_000, "我的情况是这样的"), ("lawyer", 4000, 14_000, "我跟您说")
            )
        )

        finding = find(Item.TALK_OVER, talk)

        assert (finding.share, finding.figure) == (0.0, 0.6)
        assert (finding.evidence[0].start_ms, finding.evidence[0].end_ms) == (4000, 10_000)

    def test_caller_who_cuts_in__costs_the_lawyer_nothing(self) -> None:
        talk = Talk(
            utterances=said(("lawyer", 0, 10_000, "您好"), ("caller", 4000, 9000, "等一下"))
        )
        assert find(Item.TALK_OVER, talk).share == 1.0

    def test_taking_turns_quickly__is_no_overlap(self) -> None:
        talk = Talk(utterances=said(("caller", 0, 5000, "好"), ("lawyer", 4700, 9000, "那么")))
        assert find(Item.TALK_OVER, talk).share == 1.0


class TestSilence:
    def test_long_silence__is_shown_with_its_times(self) -> None:
        talk = Talk(
            utterances=said(("caller", 0, 10_000, "问题"), ("lawyer", 70_000, 80_000, "回答"))
        )

        finding = find(Item.SILENCE, talk)

        assert finding.share == 0.0
        assert (finding.evidence[0].start_ms, finding.evidence[0].end_ms) == (10_000, 70_000)

    def test_time_on_hold__is_no_silence(self) -> None:
        talk = Talk(
            utterances=said(("caller", 0, 10_000, "问题"), ("lawyer", 70_000, 80_000, "回答")),
            hold_seconds=58,
        )
        assert find(Item.SILENCE, talk).share == 1.0


class TestTimes:
    @pytest.mark.parametrize(("seconds", "share"), [(0, 1.0), (60, 1.0), (180, 0.5), (300, 0.0)])
    def test_hold(self, seconds: float, share: float) -> None:
        assert find(Item.HOLD_TIME, Talk(hold_seconds=seconds)).share == share

    @pytest.mark.parametrize(
        ("seconds", "share"), [(None, None), (15, 1.0), (97.5, 0.5), (900, 0.0)]
    )
    def test_wait(self, seconds: float | None, share: float | None) -> None:
        assert find(Item.WAIT_TIME, Talk(wait_seconds=seconds)).share == share


class TestJudge:
    def test_good_call__has_all_points(self) -> None:
        talk = Talk(
            utterances=said(
                ("lawyer", 0, 3000, "您好，12348热线"),
                ("caller", 3500, 8000, "我被拖欠工资"),
                ("lawyer", 8500, 14_000, "您可以申请法律援助"),
            ),
            may_need_legal_aid=True,
            wait_seconds=5,
        )

        judgement = judge(talk, RULES)

        assert (judgement.score, judgement.has_passed) == (100, True)

    def test_right_not_told__costs_its_weight(self) -> None:
        talk = Talk(may_need_legal_aid=True, wait_seconds=5)

        judgement = judge(talk, RULES)

        # Counted are notice 10, legal aid 25, hold 5, wait 5; there are no words to judge.
        assert judgement.score == round(100 * 20 / 45)
        assert not judgement.has_passed

    def test_bounds_out_of_order__are_refused(self) -> None:
        with pytest.raises(ValueError, match="full points"):
            QualityRules(hold_good_seconds=300, hold_bad_seconds=60)
