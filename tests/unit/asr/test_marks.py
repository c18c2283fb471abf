"""Words become sentences: capitals and the mark at the end."""

import pytest

from asr.marks import closed

ENGLISH = [
    ("my boss has not paid me", "My boss has not paid me."),
    ("i think i'm in trouble", "I think I'm in trouble."),
    ("he said i have to leave and i did", "He said I have to leave and I did."),
    ("how do i apply for legal aid", "How do I apply for legal aid?"),
    ("can you help me", "Can you help me?"),
    ("so what should i do now", "So what should I do now?"),
    ("is there any time limit", "Is there any time limit?"),
    ("did they tell you that", "Did they tell you that?"),
    ("when he left he took the children", "When he left he took the children."),
    ("what i need is a lawyer", "What I need is a lawyer."),
    ("have a seat", "Have a seat."),
    ("taxi drivers in iowa", "Taxi drivers in iowa."),
    ("already done.", "already done."),
]
KOREAN = [
    ("월급을 못 받았어요", "월급을 못 받았어요."),
    ("어떻게 해야 합니까", "어떻게 해야 합니까?"),
    ("그러니까", "그러니까."),
    ("신청할 수 있을까요", "신청할 수 있을까요?"),
    ("그런 법이 있나요", "그런 법이 있나요?"),
    ("무료인가요", "무료인가요?"),
    ("언제 오세요", "언제 오세요?"),
    ("변호사가 왔습니다", "변호사가 왔습니다."),
]


@pytest.mark.parametrize(("said", "written"), ENGLISH)
def test_closed__english__a_sentence(said: str, written: str) -> None:
    assert closed(said, language="en") == written


@pytest.mark.parametrize(("said", "written"), KOREAN)
def test_closed__korean__a_sentence(said: str, written: str) -> None:
    assert closed(said, language="ko") == written


@pytest.mark.parametrize("language", ["zh", "en", "ko", "bo"])
@pytest.mark.parametrize("text", ["", "  "])
def test_closed__nothing__nothing(text: str, language: str) -> None:
    assert closed(text, language=language) == text


def test_closed__a_language_that_is_not_known__as_it_is() -> None:
    assert closed("བཀྲ་ཤིས", language="bo") == "བཀྲ་ཤིས"
