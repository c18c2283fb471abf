"""Hints that legal aid may be open to the caller, each with its article. Pure.

Hints lead the lawyer to the form, whose rules (hotline.intake) make the preliminary finding; they
never find anything themselves. Articles without another law's name are of the Legal Aid Law
(法律援助法, in force since 2022-01-01).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hotline.insights import english, korean
from hotline.insights.insight import Insight, Kind, Said
from hotline.insights.wordings import Wording, find_wordings, wording

_LAW = "法律援助法第"
_PAY = r"(?:工资|薪水|工钱|劳动报酬|加班费|血汗钱|劳务费)"
_HURT = (
    r"(?:受伤|伤残|骨折|骨头断|断了|住院|截肢|残疾|去世|死了|轻伤|重伤|瘫|砸伤|压伤|撞伤|摔伤|摔断)"
)
_SPOUSE = r"(?:老公|丈夫|男人|老婆|妻子|公公|婆婆|前夫|继父|继母|他喝酒|他喝醉)"

_IN_CHINESE = (
    wording(
        "unpaid_wages",
        rf"""(?:拖欠|欠|克扣|讨|要)[^，。！？]{{0,12}}{_PAY}|(?:没|没有|不|未)(?:给|发|付|结|支付|拿到)[^，。！？]{{0,8}}{_PAY}|
        {_PAY}[^，。！？]{{0,12}}(?:没|不|未|拖欠|欠着|欠了|要不)|欠薪|确认劳动关系""",
        article=f"{_LAW}三十一条第五项",
        hint="请求确认劳动关系或者支付劳动报酬，因经济困难可以申请法律援助",
    ),
    wording(
        "migrant_worker",
        r"农民工|进城务工|外地(?:来)?(?:打工|务工)|(?:从)?老家(?:出)?来打工|工地(?:上)?(?:干活|打工)|包工头",
        confidence=0.6,
        article=f"{_LAW}四十二条第三项",
        hint="进城务工人员申请支付劳动报酬或者请求工伤赔偿，凭材料免予核查经济困难状况",
    ),
    wording(
        "support",
        r"赡养费?|抚养费|扶养费|(?:儿子|女儿|儿女|子女)[^。！？]{0,10}(?:不管|不养|不给|不出)[^。！？]{0,6}(?:我|老人|父母|生活费|护工费|养老)",
        article=f"{_LAW}三十一条第四项",
        hint="请求给付赡养费、抚养费、扶养费，因经济困难可以申请法律援助",
    ),
    wording(
        "bodily_harm",
        rf"工伤|(?:干活|上班|工地|车间|机器|车祸|交通事故|撞|医院|手术|食物中毒|误诊)[^。！？]{{0,20}}{_HURT}|{_HURT}[^。！？]{{0,12}}(?:工伤|肇事|事故)",
        article=f"{_LAW}三十一条第七项",
        hint="工伤、交通事故、食品药品安全、医疗事故的人身损害赔偿，因经济困难可以申请法律援助",
    ),
    wording(
        "pollution",
        r"(?:环境|水|空气|土地|河|鱼塘|庄稼)[^，。！？]{0,6}(?:污染|毒死)|排污|生态破坏",
        article=f"{_LAW}三十一条第八项",
        hint="环境污染、生态破坏损害赔偿，因经济困难可以申请法律援助",
    ),
    wording(
        "violence_at_home",
        rf"家暴|家庭暴力|虐待|遗弃|{_SPOUSE}[^。！？]{{0,10}}(?:打我|打了我|打骂|动手打|揍我|殴打|掐我|打得|踢我)",
        deed=r"家暴|家庭暴力|虐待|遗弃|打|动手|揍|殴打|掐|踢",
        unless=r"虐待动物|虐待狗|虐待猫",
        confidence=0.9,
        article=f"{_LAW}三十二条第四项",
        hint="遭受虐待、遗弃或者家庭暴力的受害人主张相关权益，不受经济困难条件限制",
    ),
    wording(
        "good_samaritan",
        r"见义勇为|(?:为了)?救人[^。！？]{0,10}(?:受伤|伤|残)",
        article=f"{_LAW}三十二条第二项",
        hint="因见义勇为行为主张相关民事权益，不受经济困难条件限制",
    ),
    wording(
        "hero_honour",
        r"烈士|英烈",
        article=f"{_LAW}三十二条第一项",
        hint="英雄烈士近亲属维护英烈人格权益，不受经济困难条件限制",
    ),
    wording(
        "acquitted",
        r"改判无罪|再审[^，。！？]{0,6}无罪",
        article=f"{_LAW}三十二条第三项",
        hint="再审改判无罪请求国家赔偿，不受经济困难条件限制",
    ),
    wording(
        "state_compensation",
        r"国家赔偿|(?:错|违法)(?:查封|羁押|关押|拘留)",
        article=f"{_LAW}三十一条第一项",
        hint="依法请求国家赔偿，因经济困难可以申请法律援助",
    ),
    wording(
        "social_security",
        r"(?:养老金|退休金|失业金|工伤待遇|社保待遇|低保|救助金)[^。！？]{0,10}(?:不给|不发|不批|没批|停了|取消|被停|少发|拿不到)",
        article=f"{_LAW}三十一条第二项",
        hint="请求给予社会保险待遇或者社会救助，因经济困难可以申请法律援助",
    ),
    wording(
        "pension_of_the_dead",
        r"抚恤金",
        article=f"{_LAW}三十一条第三项",
        hint="请求发给抚恤金，因经济困难可以申请法律援助",
    ),
    wording(
        "receives_relief",
        r"(?:我|我家|我们家|家里|他|她|老人)[^，。！？]{0,6}(?:是|吃|享受|拿)(?:着)?低保|低保户|五保户|特困(?:户|人员|供养)|优抚对象",
        article=f"{_LAW}四十二条第二项",
        hint="社会救助、司法救助或者优抚对象，凭材料免予核查经济困难状况",
    ),
    wording(
        "no_livelihood",
        r"(?:残疾|残疾人|老人|老太太|老头|七十|八十|未成年|我都\S{1,3}岁)[^。！？]{0,16}(?:没有(?:固定)?收入|没收入|没有生活来源|没有退休金|无生活来源|没人养)",
        article=f"{_LAW}四十二条第一项",
        hint="无固定生活来源的未成年人、老年人、残疾人等特定群体，凭材料免予核查经济困难状况",
    ),
    wording(
        "minor_accused",
        r"(?:儿子|女儿|孩子|弟弟|妹妹|孙子)[^。！？]{0,8}(?:十四|十五|十六|十七|1[4-7]|未成年|没满十八|不满十八)[^。！？]{0,20}(?:抓|拘|逮捕|关|看守所|犯|起诉)",
        article=f"{_LAW}二十五条第一款第一项",
        hint="未成年人没有委托辩护人的，办案机关应当通知法律援助机构指派律师",
    ),
    wording(
        "capacity",
        r"""(?:无|没有|限制)民?事?行为能力|(?:认定|宣告|鉴定|申请)[^，。！？]{0,10}(?:行为能力|精神病人)|
        (?:老人|父亲|母亲|爸|妈|老伴|痴呆|精神病)[^。！？]{0,12}(?:申请|办|当|指定)[^，。！？]{0,4}监护人""",
        is_denied_by_no=False,
        article=f"{_LAW}三十一条第六项",
        hint="请求认定公民无民事行为能力或者限制民事行为能力，因经济困难可以申请法律援助",
    ),
    wording(
        "death_sentence_review",
        r"死刑复核",
        article=f"{_LAW}二十五条第一款第五项",
        hint="死刑复核案件的被告人没有委托辩护人并申请法律援助的，应当通知指派律师",
    ),
    wording(
        "grave_charge",
        r"(?:判|可能|会)[^，。！？]{0,6}(?:无期|死刑)",
        unless=r"死刑复核",
        article=f"{_LAW}二十五条第一款第四项",
        hint="可能被判处无期徒刑、死刑而没有委托辩护人的，应当通知指派律师",
    ),
    wording(
        "disabled_accused",
        r"(?:聋哑|盲人|聋人|哑巴)[^。！？]{0,16}(?:被抓|抓了|拘留|起诉|犯|看守所)",
        article=f"{_LAW}二十五条第一款第二项",
        hint="视力、听力、言语残疾人没有委托辩护人的，应当通知指派律师",
    ),
    wording(
        "incapable_accused",
        r"(?:精神病|精神分裂|智力残疾|智障|弱智)[^。！？]{0,16}(?:被抓|抓了|拘留|起诉|犯了|犯罪|看守所)",
        article=f"{_LAW}二十五条第一款第三项",
        hint="不能完全辨认自己行为的成年人没有委托辩护人的，应当通知指派律师",
    ),
    wording(
        "tried_in_absence",
        r"缺席审判",
        article=f"{_LAW}二十五条第一款第六项",
        hint="缺席审判案件的被告人没有委托辩护人的，应当通知指派律师",
    ),
    wording(
        "compulsory_treatment",
        r"强制医疗",
        article=f"{_LAW}二十八条",
        hint="强制医疗案件的被申请人或者被告人没有委托诉讼代理人的，法院应当通知指派律师",
    ),
    wording(
        "accused",
        r"(?:被|给)(?:公安|警察|派出所)?(?:刑拘|刑事拘留|逮捕|批捕|抓进)|看守所|取保候审",
        confidence=0.6,
        article=f"{_LAW}二十四条",
        hint="犯罪嫌疑人、被告人因经济困难或者其他原因没有委托辩护人的，本人及近亲属可以申请",
    ),
    wording(
        "victim",
        r"(?:我是|家属是|作为)?(?:被害人|受害人)|公诉[^。！？]{0,8}(?:赔偿|附带民事)|附带民事",
        confidence=0.6,
        article=f"{_LAW}二十九条",
        hint="公诉案件的被害人、自诉人、附带民事原告人因经济困难可以申请",
    ),
    wording(
        "soldier",
        r"(?:儿子|丈夫|老公|家里|我|家属|孩子)[^，。！？]{0,8}(?:当兵|在部队|现役|军人|军属|退役军人)|烈属",
        confidence=0.6,
        article=f"{_LAW}七十条",
        hint="军人军属法律援助另有办法，优先办理",
    ),
    wording(
        "cannot_afford",
        r"请不起律师|(?:没|没有|拿不出)钱(?:去)?(?:请律师|打官司)|打不起官司|(?:律师费|诉讼费)[^，。！？]{0,6}(?:交不起|付不起|出不起)|能?不能.{0,4}免费(?:的)?律师",
        is_denied_by_no=False,
        is_lost_when_supposed=False,
        article=f"{_LAW}二十三条",
        hint="提示当事人有依法申请法律援助的权利，告知条件和程序",
    ),
    wording(
        "time_is_short",
        r"(?:还有|只剩|就剩|还剩)[一二三四五六两1-6](?:天|日)[^。！？]{0,8}(?:到期|过期|过时效|截止|期限|就过)|(?:后天|明天)[^，。！？]{0,8}(?:到期|截止|过时效|开庭)",
        article=f"{_LAW}四十四条",
        hint="距时效或者期限届满不足七日需要及时起诉、仲裁、复议的，可以先行提供法律援助",
    ),
)


def _with_their_articles(words: Mapping[str, Wording]) -> list[Wording]:
    """Another language's words for grounds that are known."""
    return [
        replace(words[one.key], key=one.key, article=one.article, hint=one.hint)
        for one in _IN_CHINESE
        if one.key in words
    ]


_WORDINGS = (
    *_IN_CHINESE,
    *_with_their_articles(english.LEGAL_AID),
    *_with_their_articles(korean.LEGAL_AID),
)


def find_legal_aid(said: Said) -> Iterator[Insight]:
    """The grounds of the Legal Aid Law that the sentence points to."""
    yield from find_wordings(Kind.LEGAL_AID, _WORDINGS, said)
