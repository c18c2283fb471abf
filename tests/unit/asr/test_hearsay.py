import pytest

from asr.hearsay import has_loop, is_doubtful, is_made_up, is_traditional, without_loops


@pytest.mark.parametrize(
    "text",
    [
        "为了重整智能手机业务,为了重整智能手机业务。",
        "中国现在处于绝对安全位置中国现在处于绝对安全位置",
        "my landlord my landlord",
    ],
)
def test_has_loop__phrase_twice__yes(text: str) -> None:
    assert has_loop(text)


@pytest.mark.parametrize(
    "text", ["好的好的", "请记下一三八一三八", "电话是13801380", "我想咨询一下"]
)
def test_has_loop__how_people_speak__no(text: str) -> None:
    assert not has_loop(text)


def test_without_loops__phrase_three_times__once() -> None:
    assert without_loops("房东不退押金,房东不退押金,房东不退押金。怎么办") == "房东不退押金。怎么办"


def test_is_doubtful__limit__below_it() -> None:
    assert is_doubtful(-1.2)
    assert not is_doubtful(-0.4)


@pytest.mark.parametrize(
    ("text", "log_probability", "silence_probability"),
    [
        ("", -0.1, 0.0),
        ("……", -0.1, 0.0),
        ("以下是普通话的句子", -0.1, 0.0),
        ("谢谢观看", -0.6, 0.1),
        ("那个", -0.9, 0.8),
    ],
)
def test_is_made_up__nothing_was_said__yes(
    text: str, log_probability: float, silence_probability: float
) -> None:
    assert is_made_up(
        text,
        log_probability=log_probability,
        silence_probability=silence_probability,
        prompt="以下是普通话的句子。",
    )


@pytest.mark.parametrize(
    ("text", "log_probability", "silence_probability"),
    [("我想咨询劳动合同", -0.3, 0.1), ("好", -0.5, 0.7), ("报纸的订阅费不退", -0.2, 0.1)],
)
def test_is_made_up__words__no(
    text: str, log_probability: float, silence_probability: float
) -> None:
    assert not is_made_up(
        text,
        log_probability=log_probability,
        silence_probability=silence_probability,
        prompt="",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("在记者会结束后的四个小时内", False),
        ("在記者會結束後", True),
        ("这里有三个人，12348", False),
        ("hello 안녕하세요", False),
        ("", False),
    ],
)
def test_is_traditional__by_its_characters(text: str, expected: bool) -> None:
    assert is_traditional(text) is expected
