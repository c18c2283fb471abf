"""What administrators set about dangers: the script that the lawyer sees, and whom to call."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hotline.insights.risks import CAPTIVITY, CHILD_HARM, RISKS, SUICIDE, THREAT, VIOLENCE


class Line(BaseModel):
    """A number to call; local mergers of lines change them, so that they are set here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Annotated[str, Field(pattern=r"^[0-9+\-]{3,20}$")]
    name: Annotated[str, Field(min_length=1, max_length=40)]


class Script(BaseModel):
    """What to say and do in one kind of danger."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=10)]
    lines: Annotated[list[Line], Field(max_length=10)]


_POLICE = Line(number="110", name="报警")
_AMBULANCE = Line(number="120", name="急救")
_HEART = Line(number="12356", name="心理援助")
_WOMEN = Line(number="12338", name="妇女维权")
_YOUTH = Line(number="12355", name="青少年服务")


def _scripts() -> dict[str, Script]:
    return {
        VIOLENCE: Script(
            steps=[
                "先问：您现在安全吗？打人的人在身边吗？",
                "正在发生或者有伤：请立即拨打 110，有伤拨打 120；不便说话的可以只答是或不是",
                "告知可以向法院申请人身安全保护令，紧急情况二十四小时内作出（反家庭暴力法第二十八条）",
                "提醒保留伤情照片、诊断、报警记录、告诫书；工单可以设为保密",
            ],
            lines=[_POLICE, _AMBULANCE, _WOMEN],
        ),
        SUICIDE: Script(
            steps=[
                "不要挂断，不争辩，不说教；放慢语速，先回应感受",
                "直接问：您现在有没有想结束自己生命的打算？您在哪里？身边有人吗？",
                "有即刻危险：请班长同时拨打 110、120，您继续通话直到有人到场",
                "没有即刻危险：告知心理援助热线，约定回访时间",
            ],
            lines=[_POLICE, _AMBULANCE, _HEART],
        ),
        CHILD_HARM: Script(
            steps=[
                "先问：孩子现在在哪里？是否安全？有没有受伤？",
                "正在发生或者有伤：请立即拨打 110、120",
                "未成年人遭受侵害，任何组织和个人都有权劝阻、制止或者举报（未成年人保护法第十一条）",
                "只问必要的事实，不让孩子反复讲述；工单设为保密",
            ],
            lines=[_POLICE, _AMBULANCE, _YOUTH, _WOMEN],
        ),
        THREAT: Script(
            steps=[
                "来电人被威胁：请离开现场并拨打 110，保留短信、录音",
                "来电人扬言伤人：不激化，问清对象和地点，请班长报告 110",
                "正在或者准备实施严重危害他人人身安全的犯罪，不在保密义务之内（律师法第三十八条）",
            ],
            lines=[_POLICE, _HEART],
        ),
        CAPTIVITY: Script(
            steps=[
                "先问：您现在能不能说话？在哪里？有几个人？",
                "不便说话的用是或不是回答，请班长把位置转告 110",
            ],
            lines=[_POLICE],
        ),
    }


class InsightRules(BaseModel):
    """Dangers in callers' words: what follows from them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    raise_priority: bool = True
    """Whether a caller in danger who waits, or calls again within a day, becomes an emergency."""

    scripts: dict[str, Script] = Field(default_factory=_scripts)
    """By kind of danger: violence, suicide, child_harm, threat, captivity."""

    @model_validator(mode="after")
    def _every_risk_has_a_script(self) -> "InsightRules":
        missing = set(RISKS) - set(self.scripts)
        unknown = set(self.scripts) - set(RISKS)
        if missing or unknown:
            raise ValueError(f"scripts must be exactly those for {', '.join(RISKS)}")
        return self
