"""Limitation periods and time limits that the caller's words bring up, each with its article. Pure.

A hint names the period, never a date: when it began to run is for the lawyer to ask.
"""

from collections.abc import Iterator

from hotline.insights.insight import Insight, Kind, Said
from hotline.insights.wordings import find_wordings, wording

_PAY = r"(?:工资|薪水|工钱|劳动报酬|加班费|血汗钱)"
# The caller says that they hold a paper, or did not accept what it says.
_PAPER = r"(?:收到|拿到|下来|出来|送达|寄来|不服|不满意|不公)"

_WORDINGS = (
    wording(
        "labour_arbitration",
        rf"""(?:拖欠|欠|克扣|讨|要)[^，。！？]{{0,12}}{_PAY}|(?:没|没有|不|未)(?:给|发|付|结|拿到)[^，。！？]{{0,8}}{_PAY}|
        {_PAY}[^，。！？]{{0,12}}(?:没|不|未|拖欠|欠着|欠了)|欠薪|(?:被|把我)(?:公司|单位|老板)?(?:辞退|开除|解雇|裁)|
        经济补偿|双倍工资|二倍工资|劳动仲裁|没签(?:劳动)?合同""",
        article="劳动争议调解仲裁法第二十七条",
        hint="劳动争议申请仲裁的时效期间为一年；在职期间拖欠劳动报酬的，自劳动关系终止之日起一年内提出",
    ),
    wording(
        "award_contested",
        r"(?:仲裁|裁决)(?:书|结果|委)?[^。！？]{0,10}(?:不服|收到|拿到|下来|出来|输|败|不支持)|不服(?:劳动)?(?:仲裁|裁决)",
        article="劳动争议调解仲裁法第五十条",
        hint="不服仲裁裁决的，自收到裁决书之日起十五日内向法院起诉",
    ),
    wording(
        "work_injury_recognition",
        r"""工伤|(?:上班|干活|工地|厂里|车间|作业|下班路上)[^。！？]{0,20}(?:受伤|砸|摔|伤了|伤到|断了|骨折|压|轧|触电)|职业病|尘肺""",
        article="工伤保险条例第十七条",
        hint="工伤认定：单位三十日内申请；单位不申请的，本人、近亲属、工会一年内申请",
    ),
    wording(
        "general_limitation",
        r"""借条|欠条|(?:借|欠)(?:了|给|我|他)[^。！？]{0,12}(?:钱|块|万|元)[^。！？]{0,12}(?:不还|没还|不认|赖|要不回)|
        借(?:钱|给)[^。！？]{0,8}不还|货款[^。！？]{0,8}(?:没|不|拖|欠)|车祸|交通事故|(?:被|让)[^，。！？]{0,6}(?:打伤|撞伤|咬伤)|
        押金[^。！？]{0,6}不退|过(?:了)?(?:诉讼)?时效|诉讼时效""",
        unless=r"工资|工钱|薪",
        article="民法典第一百八十八条",
        hint="向法院请求保护民事权利的诉讼时效期间一般为三年，自知道或者应当知道权利受损及义务人之日起算",
    ),
    wording(
        "civil_appeal",
        rf"(?:一审|判决|判决书)[^。！？]{{0,12}}{_PAPER}|{_PAPER}[^，。！？]{{0,6}}(?:一审|判决)|上诉",
        unless=r"刑事|判刑|有期徒刑|缓刑|仲裁|行政",
        article="民事诉讼法第一百七十一条",
        hint="不服一审判决的，自判决书送达之日起十五日内上诉；不服裁定的十日内",
    ),
    wording(
        "criminal_appeal",
        r"(?:判了|判刑|有期徒刑|刑事判决)[^。！？]{0,16}(?:上诉|不服|太重|不公)|刑事[^，。！？]{0,6}上诉",
        article="刑事诉讼法第二百三十条",
        hint="不服刑事判决的上诉期限为十日，不服裁定的为五日，自接到判决书、裁定书的第二日起算",
    ),
    wording(
        "enforcement",
        r"(?:判决|判了|官司赢了|赢了官司|胜诉|调解书)[^。！？]{0,14}(?:不给|没给|不履行|不执行|拿不到|还没拿到|不付)|申请(?:强制)?执行|老赖",
        article="民事诉讼法第二百五十条",
        hint="申请执行的期间为二年，从法律文书规定履行期间的最后一日起算",
    ),
    wording(
        "answer_to_suit",
        r"(?:收到|接到)[^，。！？]{0,6}(?:传票|起诉状|起诉书副本|应诉通知)|被(?:人)?(?:起诉|告上法院|告了)",
        unless=r"检察院|公诉|刑事",
        article="民事诉讼法第一百二十八条",
        hint="被告自收到起诉状副本之日起十五日内提出答辩状",
    ),
    wording(
        "reconsideration",
        r"行政复议|(?:罚款|处罚决定|吊销|强拆|征收决定)[^。！？]{0,12}(?:不服|不合理|不认|冤|违法)|不服[^，。！？]{0,8}(?:处罚|罚款|决定)",
        article="行政复议法第二十条",
        hint="自知道或者应当知道该行政行为之日起六十日内申请行政复议，法律规定更长的除外",
    ),
    wording(
        "administrative_suit",
        r"行政诉讼|民告官|告(?:政府|派出所|公安局|人社局|街道办|城管)",
        article="行政诉讼法第四十六条",
        hint="直接起诉的，自知道或者应当知道作出行政行为之日起六个月内提出",
    ),
    wording(
        "protection_order",
        r"人身(?:安全)?保护令|保护令|家暴|(?:老公|丈夫|前夫)[^。！？]{0,10}(?:打我|打了我|揍我|殴打|掐我)",
        deed=r"家暴|保护令|打|揍|殴打|掐",
        article="反家庭暴力法第二十八条",
        hint="人身安全保护令：法院七十二小时内作出裁定，情况紧急的二十四小时内",
    ),
    wording(
        "cooling_off",
        r"协议离婚|去民政局[^，。！？]{0,4}离|离婚冷静期|双方(?:都)?同意离婚",
        article="民法典第一千零七十七条",
        hint="协议离婚有三十日冷静期，期满后三十日内须共同到场领证",
    ),
    wording(
        "legacy",
        r"遗赠|遗嘱[^。！？]{0,10}(?:留给(?:我|外人|朋友)|给了外人)",
        article="民法典第一千一百二十四条",
        hint="受遗赠人应当在知道受遗赠后六十日内作出接受或者放弃的表示",
    ),
    wording(
        "mediation_confirmation",
        r"(?:人民调解|调解委员会|村里|司法所)[^。！？]{0,10}(?:调解协议|签了协议|调解好)|司法确认",
        article="人民调解法第三十三条",
        hint="调解协议可以自生效之日起三十日内共同申请司法确认",
    ),
    wording(
        "accident_review",
        r"(?:事故)?(?:认定书|责任认定)[^。！？]{0,10}(?:不服|不认|不公|有异议|不合理)|(?:交警)[^，。！？]{0,4}(?:判|定)[^，。！？]{0,4}(?:全责|主责)",
        article="道路交通事故处理程序规定第七十一条",
        hint="对事故认定有异议的，自认定书送达之日起三日内申请复核",
    ),
)


def find_deadlines(said: Said) -> Iterator[Insight]:
    """The periods that the lawyer should have in mind after this sentence."""
    yield from find_wordings(Kind.DEADLINE, _WORDINGS, said)
