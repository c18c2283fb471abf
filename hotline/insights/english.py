"""What callers say in English: dangers, matters, grounds of legal aid, other languages. Pure.

The keys are those of the Chinese wordings, which come first where both would hold.
"""

from hotline.insights.wordings import Wording, wording

_HIT = (
    r"(?:hit|hits|hitting|beat|beats|beating|beaten|punch\w*|kick\w*|slap\w*|chok\w+|strangl\w+|"
    r"stab\w*|attack\w*|assault\w*|push(?:es|ed) me down)"
)
_WHO = (
    r"(?:he|she|they|husband|wife|boyfriend|girlfriend|partner|ex|boss|manager|father|mother|"
    r"stepfather|brother|son|neighbou?rs?|landlord|teacher|man|men|guy|someone|people)"
)
_CHILD = (
    r"(?:child|children|kids?|sons?|daughters?|baby|boy|girl|students?|grandson|granddaughter|"
    r"stepdaughter|stepson|niece|nephew)"
)
_ABUSED = r"(?:abused|molested|raped|beaten|hit|kidnapped|starved|neglected|touched)"
_PAY = r"(?:wages?|salary|salaries|pay|paycheck|overtime|money for (?:my|the) work)"
_NOT = r"(?:not|never|(?:has|have|had|is|did|does|do|was|wo|ca)n't|cannot|refuses? to|without)"


def english(
    key: str, *phrases: str, deed: str = "", confidence: float = 0.8, keeps_if: bool = False
) -> Wording:
    """A wording of whole words; a blank is any blanks, an apostrophe may be left out."""
    pattern = rf"\b(?:{'|'.join(phrases)})\b"
    return wording(
        key,
        _spaced(pattern),
        deed=_spaced(rf"\b{deed}\b") if deed else "",
        confidence=confidence,
        is_lost_when_supposed=not keeps_if,
    )


def _spaced(pattern: str) -> str:
    return pattern.replace(" ", r"\s+").replace("'", "['’]?")


RISKS = (
    english(
        "child_harm",
        rf"{_HIT}(?: up)? (?:my|our|the|his|her|a|their)(?: own| little| small| \w+ year "
        rf"old)? {_CHILD}",
        r"(?:abus\w+|molest\w*|rap(?:e|ed|es|ing)|starv\w+|kidnap\w*|neglect\w*)(?: "
        rf"\w+){{0,2}} {_CHILD}",
        rf"{_CHILD} (?:was|is|are|were|has been|have been|being|got|gets) (?:being |\w+ly "
        rf")?{_ABUSED}",
        r"child abuse",
        deed=(
            rf"(?:{_HIT}|abus\w+|molest\w*|rap(?:e|ed|es|ing)|starv\w+|kidnap\w*|neglect\w*|"
            rf"{_ABUSED})"
        ),
        confidence=0.9,
    ),
    english(
        "suicide",
        r"kill(?:ing)? myself",
        r"end(?:ing)? my (?:own )?life",
        r"tak(?:e|ing) my own life",
        r"want to die",
        r"(?:do not|don't) want to (?:live|be alive)",
        r"(?:no reason|nothing) to live(?: for)?",
        r"suicid(?:e|al)",
        r"better off dead",
        r"jump(?:ing)? (?:off|from) (?:the|a|this) (?:roof|bridge|building|balcony)",
        r"hang(?:ing)? myself",
        r"cut(?:ting)? my wrists?",
        r"(?:can't|cannot) go on living",
        confidence=0.9,
        keeps_if=True,
    ),
    english(
        "threat",
        r"(?:I'll|I will|I'm going to|I am going to|I want to|gonna) (?:kill|stab|burn|shoot|"
        r"blow up) "
        r"(?:him|her|them|you|everyone|my boss|the boss|the house|the company|the court)",
        r"threat(?:en|ens|ened|ening) to (?:kill|hurt|stab|burn|beat|harm)",
        rf"{_WHO}(?: \w+){{0,2}} (?:say|says|said|told me) (?:he|she|they)(?: will|'ll| "
        r"would| is going to| are going to|'s going to) "
        r"(?:kill|hurt|stab|burn|beat)",
        rf"{_WHO} (?:has|have|had|is holding|came with) a (?:knife|gun)",
        r"death threats?",
        confidence=0.85,
        keeps_if=True,
    ),
    english(
        "captivity",
        r"lock(?:s|ed|ing)? (?:me|us|her|him|them) (?:up|in|inside)",
        r"(?:won't|will not|doesn't|does not|don't|do not|didn't|not) let(?:ting)? (?:me|us|"
        r"her|him) "
        r"(?:leave|out|go|go out|go home)",
        r"held (?:me |us )?(?:against my will|hostage|captive|prisoner)",
        r"(?:took|takes|taken|taking|keeps?|kept|holding|confiscated) (?:away )?(?:my|our) "
        r"passports?",
        r"kidnapp?ed (?:me|us|my \w+)",
        confidence=0.8,
    ),
    english(
        "violence",
        rf"{_WHO}(?: \w+){{0,3}}? {_HIT}(?: up)? (?:me|us|my (?:mother|father|wife|sister|"
        r"brother|husband))",
        r"(?:been|was|were|am|being|got|get|getting) (?:\w+ )?"
        r"(?:beaten|hit by (?:my|him|her|a man)|punched|kicked|slapped|choked|stabbed|"
        r"assaulted|attacked)",
        r"domestic (?:violence|abuse)",
        r"abus(?:es|ed|ing) me",
        r"(?:afraid|scared) (?:that )?(?:he|she|they) (?:will|'ll|might|is going to) (?:hit|"
        r"beat|kill|hurt) me",
        r"break(?:s|ing) (?:down|into) my door",
        deed=rf"(?:{_HIT}|abus\w+|afraid|scared|break\w*|domestic)",
        confidence=0.85,
    ),
)

TOPICS = (
    english(
        "wages",
        rf"{_NOT} (?:\w+ ){{0,3}}?(?:paid|pay|paying|get|got|received?) (?:\w+ ){{0,3}}?{_PAY}",
        rf"(?:{_NOT}) (?:been |be |get |got )?paid(?: (?:me|us|for))?",
        rf"(?:owes?|owed|withh\w+|unpaid)(?: \w+){{0,4}} {_PAY}",
        confidence=0.9,
    ),
    english(
        "labour_contract",
        rf"{_NOT} sign(?:ed)? (?:an?|any|the|my) (?:\w+ )?contract",
        r"(?:labou?r|employment|work) contract",
        r"probation(?:ary)? period",
    ),
    english("severance", r"(?:got |been |was |am )?(?:fired|laid off|dismissed)", r"severance"),
    english("social_insurance", r"social (?:insurance|security)", r"pension contributions?"),
    english(
        "work_injury",
        r"work(?:place)? (?:injury|accident)",
        r"(?:injured|hurt|fell|broke|cut|burned)(?: \w+){0,5} (?:at work|on the job|in the "
        r"factory|on the site|working)",
        r"occupational disease",
    ),
    english("divorce", r"divorc(?:e|ed|ing)", r"legal separation"),
    english("custody", r"custody", r"child support", r"visitation"),
    english(
        "maintenance", r"(?:children|sons?|daughters?) (?:\w+ ){0,3}(?:support|care for) (?:me|us)"
    ),
    english(
        "domestic_violence",
        r"domestic (?:violence|abuse)",
        rf"(?:husband|wife|boyfriend|girlfriend|partner|he|she)(?: \w+){{0,2}} {_HIT} me",
        r"restraining order",
        deed=rf"(?:{_HIT}|domestic|restraining)",
        confidence=0.9,
    ),
    english("inheritance", r"inherit\w*", r"(?:last )?will and testament", r"passed away and left"),
    english(
        "loan",
        r"(?:lent|loaned)(?: \w+){0,6}",
        r"(?:owes?|owed) me (?:money|\d[\d,]*)",
        r"loan",
        r"IOU",
        r"(?:not|n't|never) (?:paid|pay|paying) (?:me |it |the money )?back",
    ),
    english("lease", r"landlord", r"tenants?", r"lease", r"rental deposit", r"security deposit"),
    english(
        "housing", r"real estate", r"(?:bought|buy|buying) (?:a|an|the|my) (?:house|apartment|flat)"
    ),
    english("consumer", r"refund", r"fake goods?", r"counterfeit", r"consumer rights?"),
    english("contract", r"breach of contract", r"(?:broke|violated) the contract"),
    english(
        "traffic",
        r"(?:car|traffic|road|bike|motorcycle) accident",
        r"(?:hit|knocked down) by a (?:car|truck|bus|motorcycle|scooter|taxi)",
        r"hit and run",
    ),
    english("medical", r"medical (?:malpractice|negligence)", r"misdiagnos\w+"),
    english("personal_injury", r"bitten by a dog", r"dog bit me", r"personal injury"),
    english("reputation", r"defam\w+", r"slander\w*", r"privacy"),
    english("enforcement", r"enforce(?:ment)? (?:of )?(?:the )?(?:judg(?:e)?ment|ruling)"),
    english(
        "detention",
        r"(?:was|been|is|got|were) (?:arrested|detained)",
        r"detention cent(?:er|re)",
        r"police (?:took|arrested|detained)",
        r"on bail",
    ),
    english(
        "crime", r"criminal (?:charge|case|record)s?", r"how many years in prison", r"sentenced"
    ),
    english(
        "fraud", r"scam(?:med|mer)?", r"fraud", r"(?:cheated|tricked|swindled) (?:me|us|out of)"
    ),
    english("penalty", r"fined", r"administrative penalty", r"revoked (?:my|our) licen[cs]e"),
    english("expropriation", r"demoli(?:sh\w*|tion)", r"expropriat\w+", r"land acquisition"),
    english("legal_aid_guide", r"legal aid", r"free lawyer", r"(?:can't|cannot) afford a lawyer"),
    english("notary", r"notar(?:y|i[sz]e\w*|i[sz]ation)"),
    english("complaint", r"(?:file a )?complain\w* (?:about|against) (?:a|my|the) lawyer"),
)

# The grounds of the Chinese wordings, whose articles and hints hold here too.
LEGAL_AID = {
    "unpaid_wages": TOPICS[0],
    "support": english("support", r"child support", r"alimony", r"maintenance payments?"),
    "bodily_harm": english(
        "bodily_harm",
        r"(?:injured|hurt|broke|lost) (?:\w+ ){0,6}(?:at work|on the job|in the factory|accident)",
        r"accident(?: \w+){0,8} (?:injured|hospital|broken|disabled|died)",
    ),
    "violence_at_home": english(
        "violence_at_home",
        r"domestic (?:violence|abuse)",
        rf"(?:husband|wife|stepfather|stepmother)(?: \w+){{0,2}} {_HIT} me",
        deed=rf"(?:{_HIT}|domestic)",
        confidence=0.9,
    ),
}

_LANGUAGES = {
    "bo": "tibetan",
    "ug": "uy?gh?u[iy]?r",
    "mn": "mongolian",
    "kk": "kazakh",
    "ko": "korean",
    "yue": "cantonese",
    "sign": "sign language",
}

LANGUAGES = tuple(
    wording(
        code,
        _spaced(
            rf"\b(?:(?:speaks?|speaking|talk in|use|in|understands?) (?:{name})\b(?! "
            r"(?:class|food))|"
            rf"(?:{name})[ -](?:speaker|speaking|lawyer|interpreter|translator|please|service)s?\b)"
        ),
        is_denied_by_no=False,
        is_lost_when_supposed=False,
    )
    for code, name in _LANGUAGES.items()
)
