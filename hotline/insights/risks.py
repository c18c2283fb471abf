"""Words of danger: violence, suicide, a child harmed, threats, captivity. Pure.

A denial takes them back ("他没有打我"), a supposition does too where somebody asks for the law
("如果他打我怎么办"), but never for suicide and threats: "拿不到钱我就去死" is one. Missing a danger
is worse than a false alarm: confidence only orders, it hides nothing.
"""

from collections.abc import Iterator

from hotline.insights import english, korean
from hotline.insights.insight import Insight, Kind, Said
from hotline.insights.wordings import find_wordings, wording

VIOLENCE, SUICIDE, CHILD_HARM = "violence", "suicide", "child_harm"
THREAT, CAPTIVITY = "threat", "captivity"
RISKS = (VIOLENCE, SUICIDE, CHILD_HARM, THREAT, CAPTIVITY)

# 打电话, 打工, 打官司 and their like hurt nobody.
_NO_BLOW = (
    "电话|工|官司|招呼|针|车|印|听|扫|麻将|[篮排羽]|游戏|折|欠条|收条|借条|算|开|交道|卡|水|饭"
)
_HIT = (
    rf"(?:打(?!了?(?:{_NO_BLOW})|(?:个|过|一个)(?:{_NO_BLOW}))|揍|踢|踹|"
    r"掐|砍|捅|殴打|暴打|毒打|扇|动手打|拿刀砍|拿刀捅|推倒)"
)
_CHILD = (
    r"(?:孩子|小孩|女儿|儿子|娃娃|娃|外孙女?|孙子|孙女|继女|学生|"
    r"未成年(?:人)?|小女孩|小男孩|婴儿|侄女)"
)
_ABUSE = (
    r"(?:强奸|强暴|性侵|猥亵|虐待|"
    r"毒打|暴打|殴打|往死里打|打伤|打得|体罚|摸下面|遗弃|饿着|拐走|拐卖)"
)

_WORDINGS = (
    wording(
        CHILD_HARM,
        rf"""{_CHILD}[^。！？]{{0,8}}(?:被|让|遭到?|受到)[^。！？]{{0,10}}{_ABUSE}|{_ABUSE}(?:了|我的?|我家|自己的?|亲生的?|这个)*{_CHILD}|
        (?:他|她|爸爸?|后爸|继父|后妈|继母|老师|邻居|老公|丈夫)[^。！？]{{0,8}}(?:{_HIT}(?:了|我)?{_CHILD}|把{_CHILD}[^，。！？]{{0,6}}{_ABUSE})|
        不给{_CHILD}(?:饭吃|吃饭)""",
        deed=rf"{_ABUSE}|{_HIT}",
        confidence=0.9,
    ),
    wording(
        SUICIDE,
        r"""不想活|活不下去|活着(?:也)?没(?:有)?(?:什么)?意[思义]|想(?:要)?(?:死|自杀|跳楼|寻死|了断|轻生)|自杀|轻生|寻短见|
        (?:我|就|要|想|去|准备)(?:从这|在这)?(?:跳楼|跳河|跳下去|上吊|割腕|喝农药|吃安眠药)|一死了之|同归于尽|(?:就)?死给(?:你们?|他们?)看|
        (?:我|就|只能|只好|不如)(?:去)?死(?:了)?(?:算了|掉|吧)|遗书|死了算了""",
        unless=r"他自杀了三年|公司自杀式",
        confidence=0.9,
        is_lost_when_supposed=False,
    ),
    wording(
        THREAT,
        r"""(?:我|我要|就|想|一定|非)[^，。！？]{0,6}(?:杀了|杀死|弄死|砍死|捅死|干掉|炸了|烧了)[^，。！？]{0,6}(?:他|她|他们|老板|全家|你们|法院|公司|房子|法官)|
        (?:跟|和)(?:他|她|他们|你们|老板)(?:拼命|拼了|同归于尽)|(?:我要|我去|准备)[^，。！？]{0,4}(?:报复|放火|爆炸|泼汽油)|
        (?:他|她|他们|老公|前夫|丈夫|老板|对方|那个人)[^。！？]{0,10}(?:威胁|扬言|说要|说)[^。！？]{0,8}(?:杀|弄死|砍|捅死|要我的命|烧了|灭门|让我好看)|
        (?:他|前夫|他们|对方)[^，。！？]{0,6}(?:拿着?刀|提着刀|拿着?棍|带着?刀)""",
        confidence=0.85,
        is_lost_when_supposed=False,
    ),
    wording(
        CAPTIVITY,
        r"""(?:被|把我|把他|把她|把我们)[^，。！？]{0,8}(?:关起来|关在|锁在|锁起来|软禁|非法拘禁|绑架|控制住|不让出门|不让我?出去)|
        不让我(?:出门|出去|离开|走|回家)|扣(?:了|着)?我的?身份证.{0,6}不让走|被困在传销|人身自由""",
        confidence=0.8,
    ),
    wording(
        VIOLENCE,
        rf"""家暴|家庭暴力|(?:又|还|总|经常|天天|老是|现在|正在|刚才|昨天|昨晚|一直|动不动就|喝(?:了|醉)酒(?:就|以后)?|往死里|每次都?){_HIT}(?:我|人|她|他妈|我妈|老人)|
        (?:他|她|老公|丈夫|男人|前夫|男朋友|公公|婆婆|儿子|邻居|老板|工头|他们|一群人|城管|债主)[^，。！？]{{0,10}}{_HIT}(?:了|过)?(?:我|她|老人|我妈|我爸|我老婆|我们)|
        (?:我|老人|我妈|我老婆)?被[^，。！？]{{0,8}}(?:{_HIT}(?:了|得|过|伤)|殴打|毒打)|{_HIT}得(?:我)?[^，。！？]{{0,6}}(?:流血|住院|骨折|鼻青脸肿|站不起来|下不了床|浑身是伤)|
        (?:怕|害怕|担心)(?:他|她|老公|前夫|他们)[^，。！？]{{0,6}}{_HIT}|正在砸门|在砸我家门""",
        deed=_HIT,
        confidence=0.85,
    ),
    *english.RISKS,
    *korean.RISKS,
)


def find_risks(said: Said) -> Iterator[Insight]:
    """The dangers that the sentence tells of, the gravest first."""
    yield from find_wordings(Kind.RISK, _WORDINGS, said)
