"""What the call is about: the tree of matters, and the words that lead to each. Pure.

The tree is that of the hotline's statistics: civil, criminal, administrative, other, and below
them what citizens call about. A suggestion fills the ticket's topic and matter.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hotline.insights import english, korean
from hotline.insights.insight import Insight, Kind, Said
from hotline.insights.wordings import find_wordings, wording


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a suggestion stands in the tree, and what it fills in.

    Attributes:
        classes: Chinese, from the trunk to the leaf.
        topic: One of hotline.tickets.rules.TOPICS; None leaves the ticket's as it is.
        matter: One of hotline.tickets.rules.MATTERS.
    """

    classes: tuple[str, ...]
    topic: str | None
    matter: str


TREE: Mapping[str, Branch] = {
    "wages": Branch(("民事", "劳动争议", "劳动报酬"), "labour", "wages"),
    "labour_contract": Branch(("民事", "劳动争议", "劳动合同"), "labour", "labour_contract"),
    "severance": Branch(("民事", "劳动争议", "经济补偿"), "labour", "labour_contract"),
    "social_insurance": Branch(("民事", "劳动争议", "社会保险"), "labour", "social_insurance"),
    "work_injury": Branch(("民事", "劳动争议", "工伤"), "labour", "work_injury"),
    "divorce": Branch(("民事", "婚姻家庭", "离婚"), "family", "divorce"),
    "custody": Branch(("民事", "婚姻家庭", "抚养"), "family", "custody_support"),
    "maintenance": Branch(("民事", "婚姻家庭", "赡养"), "family", "maintenance_of_parents"),
    "domestic_violence": Branch(("民事", "婚姻家庭", "家暴"), "family", "domestic_violence"),
    "bride_price": Branch(("民事", "婚姻家庭", "彩礼"), "family", "other"),
    "inheritance": Branch(("民事", "继承"), "family", "inheritance"),
    "loan": Branch(("民事", "合同", "借贷"), "contracts", "loan"),
    "lease": Branch(("民事", "房产物业", "租赁"), "contracts", "property"),
    "housing": Branch(("民事", "房产物业", "买卖与物业"), "contracts", "property"),
    "consumer": Branch(("民事", "消费者"), "contracts", "contract"),
    "contract": Branch(("民事", "合同", "买卖与服务"), "contracts", "contract"),
    "land": Branch(("民事", "土地林草承包"), "contracts", "property"),
    "traffic": Branch(("民事", "侵权", "交通事故"), "injury", "traffic"),
    "medical": Branch(("民事", "侵权", "医疗"), "injury", "medical"),
    "personal_injury": Branch(("民事", "侵权", "人身损害"), "injury", "other_injury"),
    "school": Branch(("民事", "侵权", "校园"), "injury", "other_injury"),
    "reputation": Branch(("民事", "侵权", "名誉隐私"), "injury", "other_injury"),
    "enforcement": Branch(("民事", "执行"), None, "other"),
    "detention": Branch(("刑事", "程序"), None, "criminal"),
    "crime": Branch(("刑事", "刑事实务"), None, "criminal"),
    "fraud": Branch(("刑事", "被害人权益"), None, "criminal"),
    "penalty": Branch(("行政", "行政处罚"), None, "administrative"),
    "expropriation": Branch(("行政", "征收补偿"), None, "administrative"),
    "reconsideration": Branch(("行政", "复议与诉讼"), None, "administrative"),
    "social_assistance": Branch(("行政", "社会救助"), None, "administrative"),
    "legal_aid_guide": Branch(("其他", "法律援助指引"), "legal_aid", "other"),
    "notary": Branch(("其他", "公证"), None, "other"),
    "complaint": Branch(("其他", "投诉"), None, "other"),
}

_PAY = r"(?:工资|薪水|薪资|月薪|工钱|劳务费|劳动报酬|加班费|血汗钱|工程款里的人工费)"
_NOT_PAID = (
    r"(?:没|没有|不|未|一直没|迟迟不|迟迟没)"
    r"(?:给|发|付|结|开|支付|发放|结清|到账|兑现|拿到|要到|领到|收到)"
)

_WORDINGS = (
    wording(
        "wages",
        rf"""(?:拖欠|欠|克扣|扣发|扣了|拖着|赖着|讨|要|追讨)(?!.{{0,6}}(?:房租|抚养|赡养|学费))
        [^，。！？]{{0,12}}{_PAY}|{_NOT_PAID}[^，。！？]{{0,8}}{_PAY}|{_PAY}[^，。！？]{{0,12}}
        (?:{_NOT_PAID}|拖欠|欠着|欠了|拖着|要不回|要不到|讨不|扣)|欠薪|讨薪""",
        confidence=0.9,
    ),
    wording(
        "labour_contract",
        r"劳动合同|(?:没|没有|不|未)(?:跟我|给我|和我)?签(?:订)?合同.{0,10}(?:上班|公司|单位)|双倍工资|二倍工资|试用期",
    ),
    wording(
        "severance",
        r"""(?:被|把我|把我们|给我)(?:公司|单位|老板|厂里)?(?:辞退|开除|辞了|炒|裁|解雇)|经济补偿金?|
        违法解除|赔偿金.{0,6}(?:辞退|解除)|裁员|n加一""",
    ),
    wording(
        "social_insurance",
        r"(?:没|没有|不|未|少)(?:给我|给我们|帮我|替我)?[缴交买上](?:纳)?(?:社保|五险|养老保险|医保|保险)|补缴社保|社保断缴",
    ),
    wording(
        "work_injury",
        r"""工伤|(?:上班|干活|工地|厂里|车间|作业|下班路上)[^。！？]{0,20}(?:受伤|砸|摔|伤了|伤到|断了|骨折|压|轧|烫伤|触电)|
        (?:机器|钢筋|模板|脚手架)[^。！？]{0,8}(?:砸|压|轧|摔|掉)|职业病|尘肺""",
    ),
    wording("divorce", r"离婚|分手财产|夫妻.{0,4}(?:财产|共同债务)|分居.{0,3}年"),
    wording("custody", r"抚养[权费]|(?:孩子|小孩|儿子|女儿)(?:归谁|判给|的抚养)|探望权|探视"),
    wording(
        "maintenance",
        r"""赡养|(?:儿子|女儿|儿女|子女|孩子)[^。！？]{0,10}(?:不管|不养|不赡养|不给|不出)[^。！？]{0,6}
        (?:我|老人|父母|爸|妈|生活费|护工费|养老)""",
    ),
    wording(
        "domestic_violence",
        r"""家暴|家庭暴力|人身(?:安全)?保护令|(?:老公|丈夫|男人|老婆|妻子|对象|公公|婆婆|前夫|他喝酒|他喝醉)[^。！？]{0,10}
        (?:打我|打了我|打骂|动手打|揍我|殴打|掐我|打得|虐待)""",
        deed=r"打|揍|殴打|掐|虐待|动手",
        confidence=0.9,
    ),
    wording("bride_price", r"彩礼|聘礼"),
    wording(
        "inheritance",
        r"继承|遗产|遗嘱|(?:父亲|母亲|爸|妈|老人|爷爷|奶奶)[^。！？]{0,6}(?:去世|过世|走了)[^。！？]{0,12}(?:房|存款|财产)",
    ),
    wording(
        "loan",
        r"""借条|欠条|民间借贷|借款|(?:借|欠)(?:了|给|我|他|出去)[^。！？]{0,12}(?:钱|块|万|元)[^。！？]{0,12}
        (?:不还|没还|还不上|要不回|不认|赖)|借(?:钱|给)[^。！？]{0,8}不还|(?:钱|债)[^，。！？]{0,6}(?:不还|没还|要不回来)|网贷|高利贷""",
        unless=r"工资|工钱|货款|血汗钱",
    ),
    wording("lease", r"房东|租房|租金|房租|押金.{0,8}(?:退|不)|租客|退租|承租|转租"),
    wording(
        "housing",
        r"物业|开发商|房产证|烂尾|买(?:了)?(?:的)?(?:一套|套|个)?房[子屋]?|二手房|商品房|漏水|楼上.{0,6}(?:吵|噪音|漏)|拆迁安置房",
    ),
    wording(
        "consumer",
        r"假货|消费者|退一赔三|预付卡|健身卡|办(?:的|了)?卡.{0,10}(?:跑|关门)|网购|买到.{0,6}(?:假|坏|过期)|过期食品|不给?退货|七天无理由",
    ),
    wording(
        "contract", r"违约金|定金|货款|(?:买卖|加工|承揽|装修|加盟|服务)合同|装修(?:公司|队)|加盟费"
    ),
    wording("land", r"承包地|草场|宅基地|林地|土地(?:承包|流转|确权)|田被"),
    wording(
        "traffic",
        r"交通事故|车祸|肇事|(?:被|让|给)[^。！？]{0,8}(?:车|货车|电动车|摩托|大巴)[^，。！？]{0,3}(?:撞|碰|轧|刮)|撞(?:了|到|伤)(?:我|人)|追尾|交强险|事故认定书",
    ),
    wording(
        "medical",
        r"医疗(?:事故|纠纷|损害|过错)|误诊|手术[^。！？]{0,10}(?:失败|出了问题|做坏|后遗症)|医院[^。！？]{0,8}(?:治坏|治死|弄错|耽误)",
    ),
    wording(
        "school",
        r"校园(?:欺凌|霸凌|暴力)|(?:同学|学校)[^。！？]{0,8}(?:欺负|霸凌|打伤|殴打)|在学校[^。！？]{0,6}(?:摔|受伤)",
    ),
    wording(
        "personal_injury",
        r"(?:被|让)(?:人|邻居|他们|一个人|别人|狗)[^。！？]{0,6}(?:打伤|打了|咬|砍|捅|伤)|轻伤|轻微伤|伤残鉴定|医药费[^。！？]{0,6}(?:不赔|不给|谁出)",
    ),
    wording("reputation", r"名誉权|造谣|诽谤|隐私(?:权|被)|网上.{0,6}(?:骂我|曝光)|肖像"),
    wording(
        "enforcement",
        r"强制执行|老赖|失信被执行|(?:判决|判了|赢了官司|胜诉)[^。！？]{0,12}(?:不给|不履行|拿不到|执行不)",
    ),
    wording(
        "detention",
        r"拘留|取保|看守所|会见|逮捕|批捕|刑拘|被(?:警察|公安|派出所)[^，。！？]{0,4}(?:抓|带走|关)",
    ),
    wording(
        "crime", r"判几年|怎么量刑|判多久|缓刑|故意伤害罪?|盗窃|被起诉.{0,6}罪|帮信罪|公诉|检察院"
    ),
    wording("fraud", r"被(?:人)?(?:诈骗|骗了|骗走)|电信诈骗|刷单|杀猪盘|传销|骗了我"),
    wording(
        "penalty", r"(?:行政)?处罚决定|罚款|吊销|(?:城管|市场监管|交警)[^。！？]{0,8}(?:罚|扣|没收)"
    ),
    wording("expropriation", r"征收|征地|拆迁|强拆|补偿款"),
    wording("reconsideration", r"行政复议|行政诉讼|告(?:政府|派出所|公安局|人社局|街道办)|民告官"),
    wording("social_assistance", r"低保(?:被|不|没|申请|取消)|申请低保|特困供养|临时救助"),
    wording("legal_aid_guide", r"法律援助|免费(?:的)?律师|请不起律师|法援"),
    wording("notary", r"公证"),
    wording("complaint", r"投诉.{0,6}(?:律师|公证|鉴定|法官)|律师.{0,8}(?:收了钱不|不负责|骗)"),
    *english.TOPICS,
    *korean.TOPICS,
)


def find_topics(said: Said) -> Iterator[Insight]:
    """The branches of the tree that the sentence leads to."""
    yield from find_wordings(Kind.TOPIC, _WORDINGS, said)
