"""What callers say in Korean: dangers, matters, grounds of legal aid, other languages. Pure.

The keys are those of the Chinese wordings. Korean puts its denials behind the verb ("때리지
않아요"), which `hotline.insights.clauses` knows.
"""

from hotline.insights.wordings import Wording, wording

_HIT = (
    r"(?:때리|때려|때렸|때린|때립|때릴|폭행|구타|두들겨 패|두들겨 팼|발로 차|발로 찼|목을 "
    r"조|목을 졸|칼로 찔)"
)
_WHO = (
    r"(?:남편|아내|와이프|남자 ?친구|여자 ?친구|시아버지|시어머니|시부모|아버지|아빠|오빠|형|"
    r"아들|사장|공장장|"
    r"이웃|집주인|그 ?사람|그 ?놈|그 ?남자|전 ?남편|새아버지|계부|계모|선생)"
)
_CHILD = r"(?:(?<![가-힣])(?:아이|애|애기|우리 ?애|아들|딸|자식|손녀|손자|아기|조카|의붓딸))"
_PAY = r"(?:월급|임금|급여|노임|품삯|일당|수당|봉급)"


def korean(
    key: str, *phrases: str, deed: str = "", confidence: float = 0.8, keeps_if: bool = False
) -> Wording:
    """A wording in which a blank may be left out, as people and engines do."""
    return wording(
        key,
        _spaced(f"(?:{'|'.join(phrases)})"),
        deed=_spaced(deed) if deed else "",
        confidence=confidence,
        is_lost_when_supposed=not keeps_if,
    )


def _spaced(pattern: str) -> str:
    return pattern.replace(" ?", " ").replace(" ", r"\s*")


RISKS = (
    korean(
        "child_harm",
        r"아동 학대",
        rf"{_CHILD}(?:이|가|를|을|한테|에게|도|까지)?[^.!?]{{0,10}}(?:{_HIT}|학대|성추행|"
        r"성폭행|추행|굶기|굶겨|굶겼|유괴)",
        deed=rf"(?:{_HIT}|학대|성추행|성폭행|추행|굶기|굶겨|굶겼|유괴)",
        confidence=0.9,
    ),
    korean(
        "suicide",
        r"자살",
        r"죽고 싶",
        r"죽어 버리",
        r"살고 싶지 않",
        r"살기 싫",
        r"더 이상 (?:못 살|살 수)",
        r"목숨을 끊",
        r"뛰어 내리(?:고 싶|겠|려)",
        r"목을 매",
        r"농약을? (?:먹|마시)",
        r"유서",
        confidence=0.9,
        keeps_if=True,
    ),
    korean(
        "threat",
        r"죽여 버리",
        r"죽이겠",
        r"죽인다고",
        r"죽일 (?:거|것)",
        r"협박",
        r"(?:칼|흉기)을?를? 들",
        r"불을? (?:지르겠|질러 버리|지른다)",
        r"찔러 죽",
        r"가만 (?:안 두|두지 않)",
        confidence=0.85,
        keeps_if=True,
    ),
    korean(
        "captivity",
        r"감금",
        r"(?:가두|가둬|가뒀|갇혀|갇혔|갇힌)",
        r"(?:못 나가게|나가지 못하게|집에 못 가게|못 가게)",
        r"(?:여권|신분증)을? (?:빼앗|뺏|압수|안 돌려)",
        r"납치",
        confidence=0.8,
    ),
    korean(
        "violence",
        r"가정 폭력",
        rf"{_WHO}[이가은는도]?[^.!?]{{0,12}}{_HIT}",
        rf"(?:저를|나를|절|날|우리를|엄마를|어머니를)[^.!?]{{0,6}}{_HIT}",
        r"(?:두들겨|얻어) 맞",
        r"(?:한테|에게) (?:\S+ )?맞았",
        r"폭행을? 당",
        deed=rf"(?:{_HIT}|맞|폭력)",
        confidence=0.85,
    ),
)

TOPICS = (
    korean(
        "wages",
        rf"{_PAY}[^.!?]{{0,12}}(?:못 받|안 주|안 줘|안 줬|안 준|주지 않|밀렸|밀려|체불|떼)",
        r"임금 체불",
        confidence=0.9,
    ),
    korean("labour_contract", r"(?:근로|노동) 계약", r"계약서를? (?:안 (?:쓰|썼)|쓰지 않)"),
    korean("severance", r"해고", r"(?:회사|공장)에서 (?:짤|잘)렸", r"퇴직금", r"경제 보상금"),
    korean("social_insurance", r"사회 보험", r"4대 보험", r"사대 보험"),
    korean(
        "work_injury",
        r"산재",
        r"산업 재해",
        r"(?:일하다|일하다가|공장|공사장|작업|현장)[^.!?]{0,14}(?:다쳤|다친|부러|떨어졌|잘렸)",
    ),
    korean("divorce", r"이혼"),
    korean("custody", r"양육", r"친권", r"면접 교섭"),
    korean("maintenance", r"(?:아들|딸|자식)[^.!?]{0,10}(?:부양|모시|생활비)", r"부양"),
    korean(
        "domestic_violence",
        r"가정 폭력",
        rf"(?:남편|아내|와이프|시아버지|시어머니|전 남편)[이가은는]?[^.!?]{{0,10}}{_HIT}",
        deed=rf"(?:{_HIT}|폭력)",
        confidence=0.9,
    ),
    korean("inheritance", r"상속", r"유산(?!균)", r"유언"),
    korean(
        "loan",
        r"(?:빌려|꿔)[^.!?]{0,14}(?:안 갚|못 받|갚지)",
        r"차용증",
        r"돈을? (?:안 갚|갚지 않|못 받)",
    ),
    korean("lease", r"집주인", r"보증금", r"월세", r"전세", r"세입자", r"임대"),
    korean("housing", r"부동산", r"관리비", r"분양", r"누수"),
    korean("consumer", r"환불", r"반품", r"소비자", r"가짜 (?:물건|제품)"),
    korean("contract", r"위약금", r"계약금", r"계약 위반"),
    korean("traffic", r"교통 사고", r"(?:차|트럭|오토바이|버스)에 (?:치였|치여|부딪)", r"뺑소니"),
    korean("medical", r"의료 사고", r"오진", r"수술[^.!?]{0,10}잘못"),
    korean("personal_injury", r"개(?:한테|에게) 물렸", r"상해"),
    korean("reputation", r"명예 훼손", r"사생활"),
    korean("enforcement", r"강제 집행", r"판결[^.!?]{0,12}(?:안 주|주지 않)"),
    korean("detention", r"구속", r"체포", r"유치장", r"구치소"),
    korean("crime", r"형량", r"징역", r"집행 유예", r"절도"),
    korean("fraud", r"사기(?:를|당|꾼|죄|로)", r"보이스 피싱", r"사기 (?:당|쳤)"),
    korean("penalty", r"벌금", r"과태료"),
    korean("expropriation", r"철거", r"재개발", r"수용 보상"),
    korean("social_assistance", r"기초 생활", r"최저 생활 보장"),
    korean(
        "legal_aid_guide", r"법률 (?:구조|원조)", r"무료 변호사", r"변호사 (?:비용이|살 돈이) 없"
    ),
    korean("notary", r"공증"),
    korean("complaint", r"변호사[^.!?]{0,6}(?:고발|신고)"),
)

LEGAL_AID = {
    "unpaid_wages": TOPICS[0],
    "support": korean("support", r"양육비", r"부양료", r"부양비"),
    "bodily_harm": korean(
        "bodily_harm",
        r"산재",
        r"(?:일하다|공장|공사장|교통 사고)[^.!?]{0,16}(?:다쳤|다친|부러|입원|장애|떨어졌)",
    ),
    "violence_at_home": korean(
        "violence_at_home",
        r"가정 폭력",
        rf"(?:남편|아내|시아버지|시어머니|계부|계모|전 남편)[이가은는]?[^.!?]{{0,10}}{_HIT}",
        deed=rf"(?:{_HIT}|폭력)",
        confidence=0.9,
    ),
}

_LANGUAGES = {
    "ko": r"한국어|한국말|조선말|조선어",
    "en": r"영어",
    "bo": r"티베트어|티베트말",
    "ug": r"위구르어|위구르말",
    "mn": r"몽골어|몽골말",
    "sign": r"수화|수어",
}

LANGUAGES = tuple(
    wording(
        code,
        _spaced(
            rf"(?:{names})(?:를|을|로|만|으로)? ?(?:하는|하시는|할 수|할 줄|아는|아시는|말|"
            r"해 ?주|상담|되는|통역|부탁|가능)"
        ),
        is_denied_by_no=False,
        is_lost_when_supposed=False,
    )
    for code, names in _LANGUAGES.items()
)
