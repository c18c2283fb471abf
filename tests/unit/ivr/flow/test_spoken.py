"""What callers' own words are taken to be about."""

import pytest

from ivr.flow.spoken import LONGEST_READ, Meaning, SpokenTopic, understand
from tests.unit.ivr.flow.definitions import TOPICS

RULES = SpokenTopic()


def meaning(text: str, language: str = "zh", rules: SpokenTopic = RULES) -> Meaning:
    return understand(text, language, rules=rules, topics=TOPICS)


MANDARIN = [
    ("老板拖欠我三个月工资一直不给", "labour"),
    ("我在工地上干活从架子上摔下来骨折了老板不管", "labour"),
    ("公司把我辞退了也没有给补偿", "labour"),
    ("单位一直没给我交社保", "labour"),
    ("公司没跟我签合同让我上班一年了", "labour"),
    ("我想问一下加班费的问题", "labour"),
    ("讨薪", "labour"),
    ("工伤", "labour"),
    ("想问一下劳动仲裁怎么弄", "labour"),
    ("我是打工的老板不发工资", "labour"),
    ("想离婚，孩子归谁", "family"),
    ("我老公在外面有人了我想离婚", "family"),
    ("孩子的抚养费他一直不给", "family"),
    ("我爸去世了留下一套房子兄弟姐妹争", "family"),
    ("儿女都不管我一个老人没有生活费", "family"),
    ("彩礼能不能退", "family"),
    ("财产继承的问题", "family"),
    ("我借给朋友五万块钱他一直不还", "contracts"),
    ("房东不退押金", "contracts"),
    ("开发商不给办房产证", "contracts"),
    ("我在健身房办了卡结果关门了", "contracts"),
    ("网购买到假货不给退货", "contracts"),
    ("签了装修合同装修公司跑了", "contracts"),
    ("有欠条但是对方不认账", "contracts"),
    ("楼上漏水", "contracts"),
    ("合同", "contracts"),
    ("我骑电动车被一辆小轿车撞了", "injury"),
    ("发生了交通事故对方全责不赔钱", "injury"),
    ("在医院做手术失败了留下后遗症", "injury"),
    ("我被狗咬伤了", "injury"),
    ("孩子在学校摔了一跤受伤了", "injury"),
    ("我想申请法律援助", "legal_aid"),
    ("请不起律师怎么办", "legal_aid"),
    ("老板欠我工资，我想申请法律援助", "labour"),
    ("我 儿子 被 警察 抓 走 了", None),
    ("被电信诈骗了两万块", None),
    ("家里房子要拆迁补偿款太低", None),
    ("交警给我罚款我不服", None),
    ("判决赢了对方不给钱", None),
]
"""Sentences that are understood, the last ones of matters that have no key."""


@pytest.mark.parametrize(("text", "topic"), MANDARIN)
def test_understand__what_it_is_about(text: str, topic: str | None) -> None:
    heard = meaning(text)

    assert heard.topic == topic
    assert heard.confidence >= RULES.least_confidence
    assert not heard.is_danger


@pytest.mark.parametrize(
    "text",
    [
        "",
        "你好",
        "喂，听得见吗",
        "嗯那个我想问一下",
        "我想咨询一个问题",
        "今天天气很好",
        "你们几点下班",
        "他没有打我",
        "我给他打电话他不接",
        "离婚了，前夫借我的钱不还",
    ],
)
def test_understand__keys_where_it_is_not_certain(text: str) -> None:
    heard = meaning(text)

    assert heard.confidence < RULES.least_confidence
    assert not heard.is_danger


@pytest.mark.parametrize(
    "text",
    [
        "老公天天打我",
        "我不想活了",
        "拿不到钱我就死给他们看",
        "我女儿被继父性侵",
        "他说要杀了我全家",
        "我们被关在宾馆里不让出去",
        "前夫拿着刀在门口，我想离婚",
    ],
)
def test_understand__danger_comes_first(text: str) -> None:
    assert meaning(text).is_danger


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("My boss has not paid my wages for three months", "labour"),
        ("I want a divorce", "family"),
        ("The landlord keeps my deposit", "contracts"),
        ("I was hit by a car", "injury"),
        ("I would like to apply for legal aid", "legal_aid"),
        ("The police took my brother", None),
    ],
)
def test_understand__english(text: str, topic: str | None) -> None:
    heard = meaning(text, "en")

    assert heard.topic == topic
    assert heard.confidence >= RULES.least_confidence
    assert not heard.is_danger


@pytest.mark.parametrize(
    "text", ["I want to kill myself", "He beats me", "He hit my child", "She locked me in"]
)
def test_understand__english_danger(text: str) -> None:
    assert meaning(text, "en").is_danger


def test_understand__own_words_of_the_flow_count_in_any_language() -> None:
    rules = SpokenTopic(languages=("ko",), words={"labour": ("월급",)})

    assert meaning("월급을 못 받았어요", "ko", rules).topic == "labour"
    assert meaning("이혼", "ko", rules).confidence == 0


def test_understand__two_signs_of_a_matter_are_more_certain() -> None:
    assert meaning("想离婚，孩子归谁").confidence > meaning("想离婚").confidence


def test_understand__a_topic_that_the_menu_lacks_is_any() -> None:
    heard = understand("想离婚", "zh", rules=RULES, topics=("labour",))

    assert heard.topic is None
    assert heard.confidence >= RULES.least_confidence


def test_understand__what_an_engine_repeats_is_not_read_for_ever() -> None:
    assert meaning("啊" * LONGEST_READ + "老板拖欠我工资").confidence == 0
