"""The demo: users with published passwords and some institutions, for trying the hotline out."""

from dataclasses import dataclass

from sqlmodel import Session, select

from hotline.accounts import repository
from hotline.accounts.demo_mode import enter_demo_mode
from hotline.accounts.service import NewUser, create_user, set_skills
from hotline.directory.means import MeansLimit
from hotline.directory.service import TargetKind
from hotline.errors import Conflict
from hotline.house import House
from hotline.ids import new_id
from hotline.tables import Institution, TransferTarget

PASSWORD = "demo12348"  # noqa: S105 - published, and worthless outside demo mode


class RealUsersExist(Conflict):
    """A demo would let everybody in who has read the manual."""


@dataclass(frozen=True, slots=True)
class Login:
    """What to type in to be somebody, and who that is."""

    username: str
    password: str
    what: str


@dataclass(frozen=True, slots=True)
class _Person:
    username: str
    display_name: str
    roles: tuple[str, ...]
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ("*",)

    @property
    def what(self) -> str:
        if not self.languages:
            return ", ".join(self.roles)
        topics = "every topic" if self.topics == ("*",) else ", ".join(self.topics)
        return f"{', '.join(self.roles)}: {', '.join(self.languages)}; {topics}"


_PEOPLE = (
    _Person("lawyer1", "陈晓岚", ("lawyer",), ("zh", "en")),
    _Person("lawyer2", "扎西平措", ("lawyer",), ("zh", "bo")),
    _Person("lawyer3", "刘建国", ("lawyer",), ("zh",), ("labour",)),
    _Person("lawyer4", "金美兰", ("lawyer",), ("zh", "ko")),
    _Person("lawyer5", "Emma Li", ("lawyer",), ("en",)),
    _Person("supervisor1", "周敏", ("supervisor",)),
    _Person("intake1", "何静", ("intake",)),
    _Person("admin1", "系统管理员", ("admin",)),
)


@dataclass(frozen=True, slots=True)
class _Place:
    kind: str
    name: str
    phone: str
    hours: str
    address: str = ""
    languages: tuple[str, ...] = ("zh",)
    region_code: str = ""
    means_limit: MeansLimit | None = None


# The short numbers are the nationwide public lines of these offices; the centre and its limit are
# made up, and the limit says so.
_PLACES = (
    _Place(
        "legal_aid_centre",
        "示例市法律援助中心",
        "010-00000000",
        "周一至周五 9:00-17:00",
        "示例市人民路 1 号公共法律服务中心一层",
        ("zh", "bo"),
        "110000",
        MeansLimit(200_000, 2026, "演示数据，不是真实标准"),
    ),
    _Place("notary", "示例市公证处", "010-00000001", "周一至周五 9:00-17:00", "示例市人民路 3 号"),
    _Place("court", "人民法院诉讼服务热线", "12368", "周一至周五 9:00-17:00"),
    _Place("procuratorate", "检察服务热线", "12309", "周一至周五 9:00-17:00"),
    _Place("labour", "人力资源和社会保障服务热线", "12333", "周一至周五 9:00-17:00"),
    _Place("women", "妇女维权服务热线", "12338", "以当地公布为准"),
    _Place("youth", "青少年服务台", "12355", "以当地公布为准"),
    _Place("consumer", "市场监管投诉举报热线", "12315", "每日"),
    _Place("police", "报警服务台", "110", "每日 24 小时"),
)


@dataclass(frozen=True, slots=True)
class _Line:
    kind: TargetKind
    number: str
    name: str
    name_en: str
    note: str = ""


# Nationwide public lines (numbering plan of the special services); emergencies are never merged
# into 12345 (State Council circular 2020-53).
_LINES = (
    _Line(TargetKind.EMERGENCY, "110", "公安报警", "Police", "人身危险时立即转"),
    _Line(TargetKind.EMERGENCY, "119", "消防救援", "Fire"),
    _Line(TargetKind.EMERGENCY, "120", "医疗急救", "Ambulance"),
    _Line(TargetKind.EMERGENCY, "122", "交通事故报警", "Traffic accidents"),
    _Line(TargetKind.GOVERNMENT, "12345", "政务服务便民热线", "Government services"),
    _Line(TargetKind.GOVERNMENT, "12333", "人力资源和社会保障", "Labour and social security"),
    _Line(TargetKind.GOVERNMENT, "12315", "市场监管投诉举报", "Consumer protection"),
    _Line(TargetKind.GOVERNMENT, "12328", "交通运输服务监督", "Transport"),
    _Line(TargetKind.GOVERNMENT, "12329", "住房公积金", "Housing fund"),
    _Line(TargetKind.GOVERNMENT, "12366", "纳税缴费服务", "Taxes"),
    _Line(TargetKind.GOVERNMENT, "12393", "医疗保障服务", "Medical insurance"),
    _Line(TargetKind.GOVERNMENT, "12367", "移民管理服务", "Immigration", "多语种"),
    _Line(TargetKind.LEGAL, "12368", "人民法院诉讼服务", "Courts"),
    _Line(TargetKind.LEGAL, "12309", "检察服务", "Procuratorates"),
    _Line(TargetKind.LEGAL, "96110", "反电信网络诈骗", "Telecom fraud"),
    _Line(TargetKind.OTHER, "12351", "职工维权", "Trade unions"),
    _Line(TargetKind.OTHER, "12338", "妇女维权", "Women's rights"),
    _Line(TargetKind.OTHER, "12355", "青少年服务台", "Youth"),
    _Line(TargetKind.OTHER, "12385", "残疾人服务", "Persons with disabilities"),
    _Line(TargetKind.OTHER, "12356", "心理援助", "Mental health"),
)


def seed(house: House) -> tuple[Login, ...]:
    """Makes what is missing of the demo, and the data directory a demo one; changes nothing else.

    Returns:
        How to sign in.

    Raises:
        RealUsersExist: There are users who are not of the demo; nothing is changed.
    """
    with house.database.session() as session:
        if repository.has_real_users(session):
            raise RealUsersExist(
                f"The data directory {house.settings.data_dir} has real users, and demo users have "
                "published passwords; choose another directory with --data-dir."
            )
        for person in _PEOPLE:
            _seed_person(session, house, person)
        _seed_places(session, house)
        _seed_directory(session, house)
    enter_demo_mode(house.settings)
    return tuple(Login(person.username, PASSWORD, person.what) for person in _PEOPLE)


def _seed_person(session: Session, house: House, person: _Person) -> None:
    user = repository.find_user(session, person.username)
    if user is None:
        new = NewUser(
            username=person.username,
            display_name=person.display_name,
            password=PASSWORD,
            roles=person.roles,
            languages=person.languages or ("zh",),
            topics=person.topics,
            is_demo=True,
        )
        create_user(session, house, new)
    elif person.languages:
        set_skills(session, house, user.id, languages=person.languages, topics=person.topics)


def _seed_places(session: Session, house: House) -> None:
    known = set(session.exec(select(Institution.name)))
    session.add_all(
        Institution(
            id=new_id("inst", house.clock),
            kind=place.kind,
            name=place.name,
            address=place.address,
            phones=[place.phone],
            hours=place.hours,
            languages=list(place.languages),
            region_code=place.region_code,
            means_limit_fen=place.means_limit.fen if place.means_limit else None,
            means_limit_year=place.means_limit.year if place.means_limit else None,
            means_limit_source=place.means_limit.source if place.means_limit else None,
        )
        for place in _PLACES
        if place.name not in known
    )


def _seed_directory(session: Session, house: House) -> None:
    known = set(session.exec(select(TransferTarget.number)))
    session.add_all(
        TransferTarget(
            id=new_id("target", house.clock),
            kind=line.kind.value,
            name=line.name,
            name_en=line.name_en,
            number=line.number,
            note=line.note,
            position=10 * place,
        )
        for place, line in enumerate(_LINES, start=1)
        if line.number not in known
    )
