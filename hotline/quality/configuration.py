"""What administrators set about judging calls."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

_Weight = Annotated[int, Field(ge=0, le=100)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Seconds = Annotated[float, Field(ge=0, le=3600)]
_Phrase = Annotated[str, Field(min_length=2, max_length=40)]

# GB/T 33358-2016: a call is answered within 15 seconds.
_GOOD_WAIT_SECONDS = 15.0


class QualityRules(BaseModel):
    """How calls are judged, and which of them people judge too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight_greeting: _Weight = 15
    weight_recording_notice: _Weight = 10
    weight_legal_aid_told: _Weight = 25
    weight_talk_over: _Weight = 10
    weight_silence: _Weight = 10
    weight_forbidden_words: _Weight = 20
    weight_hold_time: _Weight = 5
    weight_wait_time: _Weight = 5

    pass_score: Annotated[int, Field(ge=1, le=100)] = 80
    """From this score on a call has passed, unless forbidden words were said."""

    forbidden_words: Annotated[tuple[_Phrase, ...], Field(max_length=200)] = (
        "加我微信",
        "加个微信",
        "加一下微信",
        "我的微信",
        "私下联系",
        "来我们律所",
        "到我们律所",
        "来我所里",
        "来我律所",
        "委托我",
        "找我代理",
        "我来代理",
        "我帮你打官司",
        "我给你打官司",
        "我们收费",
        "我收费",
        "我的收费",
        "代理费给你优惠",
        "律师费给你优惠",
        "给我转账",
        "先交钱",
        "包赢",
        "保证赢",
        "保证胜诉",
        "认识法官",
        "有关系可以",
    )
    """What no lawyer of the hotline says: touting for paid cases (Lawyers Law, article 40) and
    promises of success. A denial before it makes it harmless."""

    talk_over_good: _Share = 0.03
    talk_over_bad: _Share = 0.15
    """Share of the lawyer's speech that begins while the caller speaks: full points, no points."""

    silence_good: _Share = 0.25
    silence_bad: _Share = 0.6
    """Share of the talk in which nobody speaks: full points, no points."""

    long_silence_seconds: _Seconds = 15.0
    """A silence that is shown as evidence."""

    hold_good_seconds: _Seconds = 60.0
    hold_bad_seconds: _Seconds = 300.0
    wait_good_seconds: _Seconds = _GOOD_WAIT_SECONDS
    wait_bad_seconds: _Seconds = 180.0

    sample_share: Annotated[float, Field(ge=0.05, le=1)] = 0.05
    """Share of all calls that people judge; the hotline's contracts ask for at least 5 %."""

    dissatisfied_from: Annotated[int, Field(ge=2, le=4)] = 4
    """Callers who rated this or worse (1 very satisfied, 4 dissatisfied) are all looked at."""

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> "QualityRules":
        pairs = (
            (self.talk_over_good, self.talk_over_bad),
            (self.silence_good, self.silence_bad),
            (self.hold_good_seconds, self.hold_bad_seconds),
            (self.wait_good_seconds, self.wait_bad_seconds),
        )
        if any(good >= bad for good, bad in pairs):
            raise ValueError("each bound for full points must be below that for none")
        return self
