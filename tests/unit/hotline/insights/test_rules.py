"""Sentences as callers say them, and what is to be noticed in them."""

import pytest

from hotline.insights.insight import Kind, Said
from hotline.insights.rules import find_insights

TOPICS = [
    ("老板欠我三个月工资一直不给", {"wages"}),
    ("我在饭店洗碗，工钱到现在没结清", {"wages"}),
    ("工地停工了，血汗钱要不回来", {"wages"}),
    ("公司没有拖欠工资，我想问别的", set()),
    ("单位一直没跟我签合同，可是我在公司都干了两年", {"labour_contract"}),
    ("公司把我开除了，一分钱补偿没有", {"severance"}),
    ("厂里五年没给我交社保", {"social_insurance"}),
    ("我在车间被机器压断了两根手指", {"work_injury"}),
    ("我想跟我老公离婚", {"divorce"}),
    ("我不是要离婚，我就问问房子", set()),
    ("离了以后孩子的抚养权怎么办", {"custody"}),
    ("四个儿女都不给我生活费", {"maintenance"}),
    ("我老公喝了酒就动手打我", {"domestic_violence"}),
    ("我老公从来没有打我", set()),
    ("女方退不退彩礼", {"bride_price"}),
    ("我爸去世了，留下一套房子，哥哥不让分", {"inheritance"}),
    ("朋友借了我五万块钱不还", {"loan"}),
    ("他给我写过借条", {"loan"}),
    ("房东不退押金", {"lease"}),
    ("物业把我家水停了", {"housing"}),
    ("我办的健身卡，店关门跑了", {"consumer"}),
    ("对方收了货款不发货", {"contract"}),
    ("村里把我家承包地收回去了", {"land"}),
    ("我骑车被一辆货车撞了", {"traffic"}),
    ("医院误诊把我妈的病耽误了", {"medical"}),
    ("孩子在学校被同学欺负", {"school"}),
    ("我被邻居家的狗咬伤了", {"personal_injury"}),
    ("有人在群里造谣说我偷东西", {"reputation"}),
    ("法院判了他也不履行，成了老赖", {"enforcement"}),
    ("我弟弟被派出所带走了，说是刑拘", {"detention"}),
    ("帮信罪一般判几年", {"crime"}),
    ("我刷单被人骗了八千块", {"fraud"}),
    ("城管给我开了罚款单", {"penalty"}),
    ("我家房子要拆迁，补偿款谈不拢", {"expropriation"}),
    ("我想告人社局，要不要先行政复议", {"reconsideration"}),
    ("低保被取消了怎么办", {"social_assistance"}),
    ("请问怎么申请法律援助", {"legal_aid_guide"}),
    ("遗嘱要不要做公证", {"inheritance", "notary"}),
    ("我要投诉一个律师", {"complaint"}),
    ("今天天气真好", set()),
    ("喂，你好，听得见吗", set()),
]

LEGAL_AID = [
    ("老板不给我们发工资", {"unpaid_wages"}),
    ("我们是农民工，包工头跑了", {"migrant_worker"}),
    ("孩子他爸一直不付抚养费", {"support"}),
    ("我在工地干活把腿摔断了", {"bodily_harm", "migrant_worker"}),
    ("车祸只蹭了保险杠，人没事", set()),
    ("交通事故住院两个月", {"bodily_harm"}),
    ("化工厂排污把鱼塘里的鱼毒死了", {"pollution"}),
    ("我丈夫经常打骂我", {"violence_at_home"}),
    ("他们虐待动物没人管", set()),
    ("丈夫没打我，就是不回家", set()),
    ("我见义勇为受的伤", {"good_samaritan"}),
    ("我爷爷是烈士，有人在网上侮辱他", {"hero_honour"}),
    ("再审改判无罪，我要求赔偿", {"acquitted"}),
    ("公司账户被违法查封，想申请国家赔偿", {"state_compensation"}),
    ("我的养老金突然停了", {"social_security"}),
    ("部队的抚恤金没发下来", {"pension_of_the_dead"}),
    ("我家是低保户", {"receives_relief"}),
    ("我是残疾人，没有收入", {"no_livelihood"}),
    ("我儿子才十七岁，被关在看守所", {"minor_accused", "accused"}),
    ("听说可能判死刑", {"grave_charge"}),
    ("我哥的案子在死刑复核", {"death_sentence_review"}),
    ("一审判了死刑，现在是死刑复核", {"death_sentence_review"}),
    ("我爸有精神病，想认定他无民事行为能力", {"capacity"}),
    ("我妈痴呆了没有行为能力怎么办", {"capacity"}),
    ("怎么申请宣告限制民事行为能力人", {"capacity"}),
    ("我哥是聋哑人，被抓了", {"disabled_accused"}),
    ("我弟有精神病，犯了事被抓了", {"incapable_accused"}),
    ("他人在国外，法院说要缺席审判", {"tried_in_absence"}),
    ("检察院要申请强制医疗", {"compulsory_treatment"}),
    ("我老公被刑拘了", {"accused"}),
    ("我是受害人家属", {"victim"}),
    ("我儿子在部队当兵", {"soldier"}),
    ("我请不起律师", {"cannot_afford"}),
    ("没钱打官司怎么办", {"cannot_afford"}),
    ("还有三天就过时效了", {"time_is_short"}),
    ("离婚要带什么材料", set()),
]

DEADLINES = [
    ("去年就离职了，工资还欠着", {"labour_arbitration"}),
    ("公司把我辞退了", {"labour_arbitration"}),
    ("仲裁裁决书下来了，我不服", {"award_contested"}),
    ("上班的时候从架子上摔下来", {"work_injury_recognition"}),
    ("单位不给我认定工伤", {"work_injury_recognition"}),
    ("借给他十万元四年了没还", {"general_limitation"}),
    ("这事会不会过了诉讼时效", set()),
    ("诉讼时效是多久", {"general_limitation"}),
    ("一审判决书我上星期收到的", {"civil_appeal"}),
    ("判刑三年，我觉得太重想上诉", {"criminal_appeal"}),
    ("官司赢了，钱还没拿到", {"enforcement"}),
    ("我收到法院的传票", {"answer_to_suit"}),
    ("交警给的处罚决定我不服", {"reconsideration"}),
    ("我想告派出所", {"administrative_suit"}),
    ("想申请人身安全保护令", {"protection_order"}),
    ("我们准备去民政局离", {"cooling_off"}),
    ("老人立遗嘱把房子留给我了，我是邻居", {"legacy"}),
    ("村里调解好了，签了调解协议", {"mediation_confirmation"}),
    ("交警判我全责", {"accident_review"}),
    ("工资都结清了，没有拖欠工资", set()),
    ("我就是来咨询一下", set()),
]

RISKS = [
    ("我老公昨晚又打我", {"violence"}),
    ("他把我打得下不了床", {"violence"}),
    ("我被他们一群人打伤了", {"violence"}),
    ("他没有打我", set()),
    ("老公从来没打过我", set()),
    ("没有动手打我，就是吵架", set()),
    ("他没少打我", {"violence"}),
    ("如果他打我，我能报警吗", set()),
    ("假如老公打了我算不算家暴", set()),
    ("电视上说老公打了她要坐牢", set()),
    ("我怕他又来打我", {"violence"}),
    ("我给他打了电话他不接", set()),
    ("老板叫我打了欠条", set()),
    ("我在外面打工", set()),
    ("他打我，我就打电话报警", {"violence"}),
    ("他没给我钱还打我", {"violence"}),
    ("我真的不想活了", {"suicide"}),
    ("活着也没什么意思", {"suicide"}),
    ("如果拿不到钱我就去死了算了", {"suicide"}),
    ("我站在楼顶准备跳楼", {"suicide"}),
    ("我没有想自杀，您别担心", set()),
    ("我不想死，我想讨个说法", set()),
    ("这个药会死人的", set()),
    ("气死我了", set()),
    ("我女儿被继父猥亵了", {"child_harm"}),
    ("他天天打孩子，往死里打", {"child_harm"}),
    ("老师把学生打伤了", {"child_harm"}),
    ("后妈不给孩子饭吃", {"child_harm"}),
    ("孩子没有被打，就是摔了一跤", set()),
    ("我要杀了他全家", {"threat"}),
    ("如果不给钱我就跟他们拼命", {"threat"}),
    ("前夫扬言要砍我", {"threat", "violence"}),
    ("他拿着刀在门口", {"threat"}),
    ("他们把我关在宿舍里", {"captivity"}),
    ("老板扣了我的身份证，不让我走", {"captivity"}),
    ("我被关在门外了一会儿", {"captivity"}),
    ("我想咨询一下打官司的事", set()),
]

LANGUAGES = [
    ("您能不能说藏语", {"bo"}),
    ("有没有会讲维吾尔语的律师", {"ug"}),
    ("我只会说蒙语", {"mn"}),
    ("请给我找一个懂韩语的人", {"ko"}),
    ("可以讲粤语吗", {"yue"}),
    ("有会说彝语的人吗", {"ii"}),
    ("我听不懂普通话", {"other"}),
    ("能不能说方言", {"other"}),
    ("can I speak English please", {"en"}),
    ("I don't understand Chinese", {"en"}),
    ("བཀྲ་ཤིས་བདེ་ལེགས།", {"bo"}),
    ("안녕하세요", {"ko"}),
    ("我是聋人的家属，有手语翻译吗", {"sign"}),
    ("我儿子的英语老师欠我钱", set()),
    ("我学过英语", set()),
    ("孩子要上英语培训班，合同退不了", set()),
    ("藏语节目几点开始", set()),
]

FACTS = [
    ("一共欠我三万五千块钱", {("amount", "35000")}),
    ("月薪八千，扣了我两千五", {("amount", "8000"), ("amount", "2500")}),
    ("彩礼给了十八万八", {("amount", "188000")}),
    ("医药费花了12,600.50元", {("amount", "12600.5")}),
    ("借了他一百二十万", {("amount", "1200000")}),
    ("押金三千块", {("amount", "3000")}),
    ("工资欠了三个月", set()),
    ("我家有三块地", set()),
    ("赔了我3.5万元", {("amount", "35000")}),
    ("三万零五百元", {("amount", "30500")}),
    ("十五块", {("amount", "15")}),
    ("我在成都市武侯区租房", {("place", "成都市武侯区")}),
    ("我住在城关镇东街村", {("place", "城关镇东街村")}),
    ("我在宏达建筑有限公司上班", {("employer", "宏达建筑有限公司")}),
    ("给一家饭店打工", {("employer", "一家饭店")}),
    ("被告是西安华润置业有限公司", {("employer", "西安华润置业有限公司")}),
    ("二零二三年五月六号出的事", {("date", "2023-05-06")}),
    ("2024年3月入职的", {("date", "2024-03")}),
    ("去年春节就说给", {("date", "去年春节")}),
    ("三个月前被辞退", {("date", "三个月前")}),
    ("上个月十号", {("date", "上个月十号")}),
    ("我叫王小明，想问一下", {("caller_name", "王小明")}),
    ("我姓李，想咨询", {("caller_name", "李")}),
    ("我叫他来他不来", set()),
    ("老板叫赵刚，联系不上", {("adverse_party", "赵刚")}),
    ("包工头名叫刘大勇", {("adverse_party", "刘大勇")}),
    ("我想问问怎么办", set()),
]


def _keys(text: str, kind: Kind) -> set[str]:
    return {insight.key for insight in find_insights(Said(text)) if insight.kind == kind}


class TestFindInsights:
    @pytest.mark.parametrize(("text", "expected"), TOPICS)
    def test_topics(self, text: str, expected: set[str]) -> None:
        assert _keys(text, Kind.TOPIC) == expected

    @pytest.mark.parametrize(("text", "expected"), LEGAL_AID)
    def test_legal_aid(self, text: str, expected: set[str]) -> None:
        assert _keys(text, Kind.LEGAL_AID) == expected

    @pytest.mark.parametrize(("text", "expected"), DEADLINES)
    def test_deadlines(self, text: str, expected: set[str]) -> None:
        assert _keys(text, Kind.DEADLINE) == expected

    @pytest.mark.parametrize(("text", "expected"), RISKS)
    def test_risks(self, text: str, expected: set[str]) -> None:
        assert _keys(text, Kind.RISK) == expected

    @pytest.mark.parametrize(("text", "expected"), LANGUAGES)
    def test_languages(self, text: str, expected: set[str]) -> None:
        assert _keys(text, Kind.LANGUAGE) == expected

    @pytest.mark.parametrize(("text", "expected"), FACTS)
    def test_facts(self, text: str, expected: set[tuple[str, str]]) -> None:
        found = {
            (insight.key, insight.value)
            for insight in find_insights(Said(text))
            if insight.kind == Kind.FACT
        }
        assert found == expected

    def test_quote__is_the_clause_without_the_recogniser_s_blanks(self) -> None:
        said = Said(
            "你好 律师，老板 拖欠 我 工资，我 很 着急", segment_id=7, start_ms=1200, end_ms=5000
        )

        insight = next(one for one in find_insights(said) if one.key == "wages")

        assert insight.quote == "老板拖欠我工资"
        assert (insight.segment_id, insight.start_ms, insight.end_ms) == (7, 1200, 5000)

    @pytest.mark.parametrize(
        ("text", "article"),
        [
            # The items as in the Legal Aid Law, articles 25, 28, 31 and 32.
            ("违法查封，想申请国家赔偿", "三十一条第一项"),
            ("我的养老金突然停了", "三十一条第二项"),
            ("抚恤金没发下来", "三十一条第三项"),
            ("儿子不付赡养费", "三十一条第四项"),
            ("老板不给我们发工资", "三十一条第五项"),
            ("想认定我爸无民事行为能力", "三十一条第六项"),
            ("交通事故住院两个月", "三十一条第七项"),
            ("化工厂排污把鱼毒死了", "三十一条第八项"),
            ("我爷爷是烈士，有人侮辱他", "三十二条第一项"),
            ("我见义勇为受的伤", "三十二条第二项"),
            ("再审改判无罪，我要求赔偿", "三十二条第三项"),
            ("我丈夫经常打骂我", "三十二条第四项"),
            ("可能判死刑", "二十五条第一款第四项"),
            ("现在是死刑复核", "二十五条第一款第五项"),
        ],
    )
    def test_article__is_the_one_of_the_ground(self, text: str, article: str) -> None:
        found = [one for one in find_insights(Said(text)) if one.kind == Kind.LEGAL_AID]

        assert [one.article for one in found] == [f"法律援助法第{article}"]

    def test_article__is_named_by_every_hint_of_law(self) -> None:
        found = [
            insight
            for text, _ in (*LEGAL_AID, *DEADLINES)
            for insight in find_insights(Said(text))
            if insight.kind in {Kind.LEGAL_AID, Kind.DEADLINE}
        ]

        assert found
        assert all(insight.article and insight.hint for insight in found)
