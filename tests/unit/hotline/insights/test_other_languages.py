"""Sentences as callers say them in English and Korean, and what is to be noticed in them."""

from datetime import UTC, datetime

import pytest

from hotline.insights.insight import Insight, Kind, Said
from hotline.insights.rules import find_insights
from hotline.insights.service import insights_in
from hotline.tables import Segment

RISKS = [
    ("My husband beat me again last night.", {"violence"}),
    ("he always hits me when he has been drinking", {"violence"}),
    ("I was attacked by two men outside the factory", {"violence"}),
    ("My husband has never hit me.", set()),
    ("he does not beat me he just shouts", set()),
    ("If he hits me, what can I do?", set()),
    ("he never stops hitting me", {"violence"}),
    ("I don't want to live any more", {"suicide"}),
    ("If I lose this case I will kill myself", {"suicide"}),
    ("I do not want to die, I want my money", set()),
    ("The stepfather beats my daughter with a belt.", {"child_harm"}),
    ("my son was abused by his teacher", {"child_harm"}),
    ("He threatened to kill me and my family.", {"threat"}),
    ("I'm going to kill my boss", {"threat"}),
    ("the man has a knife", {"threat"}),
    ("They locked me in the dormitory and took my passport.", {"captivity"}),
    ("my employer won't let me leave", {"captivity"}),
    ("I hit a deer with my car", set()),
    ("The deadline hits us next week.", set()),
    ("남편이 어젯밤에 또 저를 때렸어요", {"violence"}),
    ("남편은 저를 때리지 않아요", set()),
    ("남편이 때린 적은 없어요", set()),
    ("남편이 때리면 어떻게 해야 하나요", set()),
    ("술만 마시면 발로 차고 때려요 우리 남편이 나를 때려요", {"violence"}),
    ("사장한테 맞았어요", {"violence"}),
    ("네 맞아요", set()),
    ("정말 죽고 싶어요", {"suicide"}),
    ("더는 살고 싶지 않아요", {"suicide"}),
    ("죽고 싶지 않아요", set()),
    ("계모가 아이를 매일 때려요", {"child_harm", "violence"}),
    ("선생님이 우리 딸을 성추행했어요", {"child_harm"}),
    ("전남편이 죽여 버리겠다고 해요", {"threat"}),
    ("사장이 저를 방에 가뒀어요", {"captivity"}),
    ("공장에서 여권을 빼앗고 못 나가게 해요", {"captivity"}),
    ("드라마에서 남편이 아내를 때렸어요", set()),
]

TOPICS = [
    ("My boss hasn't paid my wages for three months.", {"wages"}),
    ("I have not been paid since March", {"wages"}),
    ("they owe me two months of salary", {"wages"}),
    ("The company fired me without notice", {"severance"}),
    ("I never signed an employment contract", {"labour_contract"}),
    ("I broke my arm at work", {"work_injury"}),
    ("I want to divorce my wife", {"divorce"}),
    ("who gets custody of our son", {"custody"}),
    ("my landlord keeps the deposit", {"lease"}),
    ("I was hit by a truck on my bike", {"traffic"}),
    ("I lent him fifty thousand and he is gone", {"loan"}),
    ("I was scammed online", {"fraud"}),
    ("my brother was arrested yesterday", {"detention"}),
    ("How do I apply for legal aid?", {"legal_aid_guide"}),
    ("the shop refuses a refund", {"consumer"}),
    ("Good morning, can you hear me?", set()),
    ("월급을 석 달째 못 받았어요", {"wages"}),
    ("회사에서 임금을 안 줘요", {"wages"}),
    ("갑자기 해고를 당했어요", {"severance"}),
    ("근로계약서를 안 썼어요", {"labour_contract"}),
    ("공장에서 일하다가 손을 다쳤어요", {"work_injury"}),
    ("남편하고 이혼하고 싶어요", {"divorce"}),
    ("이혼하려는 게 아니에요", set()),
    ("양육비를 안 줘요", {"custody"}),
    ("집주인이 보증금을 안 돌려줘요", {"lease"}),
    ("교통사고가 났어요", {"traffic"}),
    ("친구가 돈을 빌려 가서 안 갚아요", {"loan"}),
    ("보이스피싱을 당했어요", {"fraud"}),
    ("법률 구조를 신청하려면 어떻게 해요", {"legal_aid_guide"}),
    ("안녕하세요 잘 들리세요", set()),
]

LANGUAGES = [
    ("Is there anyone who speaks Tibetan?", {"bo"}),
    ("I need a Korean interpreter", {"ko"}),
    ("Do you have an English speaking lawyer?", {"en"}),
    ("I like Korean food", set()),
    ("한국어 하시는 분 있어요", {"ko"}),
    ("영어로 상담할 수 있나요", {"en", "ko"}),
    ("조선말 할 줄 아는 변호사 있습니까", {"ko"}),
]

LEGAL_AID = [
    ("My boss never paid me", {"unpaid_wages"}),
    ("my husband beats me", {"violence_at_home"}),
    ("월급이 밀렸어요", {"unpaid_wages"}),
    ("산재를 당했는데 회사가 모른 척해요", {"bodily_harm"}),
    ("남편이 자꾸 때려요", {"violence_at_home"}),
]


def found(text: str, kind: Kind) -> list[Insight]:
    return [one for one in find_insights(Said(text, 1, 0, 1000)) if one.kind is kind]


def keys(text: str, kind: Kind) -> set[str]:
    return {one.key for one in found(text, kind)}


@pytest.mark.parametrize(("text", "expected"), RISKS)
def test_risks(text: str, expected: set[str]) -> None:
    assert keys(text, Kind.RISK) == expected


@pytest.mark.parametrize(("text", "expected"), TOPICS)
def test_topics(text: str, expected: set[str]) -> None:
    assert keys(text, Kind.TOPIC) == expected


@pytest.mark.parametrize(("text", "expected"), LANGUAGES)
def test_languages(text: str, expected: set[str]) -> None:
    # Four words of English in a row are a language by themselves, and so is Hangul.
    by_script = {"en" if text.isascii() else "ko"}
    assert keys(text, Kind.LANGUAGE) | by_script == expected | by_script


@pytest.mark.parametrize(("text", "expected"), LEGAL_AID)
def test_legal_aid__with_the_article_of_the_law(text: str, expected: set[str]) -> None:
    hints = found(text, Kind.LEGAL_AID)

    assert {one.key for one in hints} == expected
    assert all(one.article and one.hint for one in hints)


def test_quote__english__is_the_clause() -> None:
    (danger,) = found("Hello, my husband beat me again, please help.", Kind.RISK)

    assert danger.quote == "my husband beat me again"


@pytest.mark.parametrize(("language", "expected"), [("ko", set()), ("zh", {"ko"})])
def test_insights_in__korean__no_request_where_korean_is_listened_for(
    language: str, expected: set[str]
) -> None:
    segment = Segment(
        id=1,
        call_id="call",
        speaker="caller",
        start_ms=0,
        end_ms=1000,
        text="여보세요 잘 들리세요",
        language=language,
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
    )

    asked = {one.key for one in insights_in(segment) if one.kind is Kind.LANGUAGE}

    assert asked == expected
