"""What callers are told without a person."""

from pathlib import Path

import pytest
from sqlmodel import select

from hotline.clock import FakeClock
from hotline.directory.means import MeansLimit
from hotline.house import House
from hotline.ids import new_id
from hotline.intake.service import hand_over
from hotline.settings import Settings, load_settings
from hotline.tables import AuditEntry, Institution, Message, Ticket, User
from hotline.tickets import service as tickets
from ivr.flow.actions import LookUp
from ivr.flow.hours import Opening
from ivr.flow.questions import Question
from ivr.information import Information, said_hours, written_limit
from tests.unit.hotline.factories import create_call, create_user
from tests.unit.ivr.flow.definitions import make_flow


@pytest.fixture
def ticket(house: House) -> Ticket:
    """A ticket opened for 13800001234."""
    with house.database.session() as session:
        lawyer = create_user(session, house)
        call = create_call(session, house, number="13800001234")
        return tickets.open_for_call(session, house, call, lawyer_id=lawyer.id)


def ask(house: House, question: Question, *typed: str, language: str = "zh") -> tuple[str, ...]:
    """What a caller with another telephone hears."""
    with house.database.session() as session:
        call_id = create_call(session, house, number="13900005678").id
    wanted = LookUp(question, typed, language)
    return Information(house, call_id, make_flow()).look_up(wanted)


def progress(house: House, number: str | None, tail: str) -> tuple[str, ...]:
    assert number is not None
    return ask(house, Question.PROGRESS, number, tail)


class TestProgress:
    def test_look_up__number_and_tail_fit(self, house: House, ticket: Ticket) -> None:
        assert progress(house, ticket.number, "1234") == ("progress_open",)

    def test_look_up__a_finished_consultation(self, house: House, ticket: Ticket) -> None:
        with house.database.session() as session:
            session.get_one(Ticket, ticket.id).status = "done"
        assert progress(house, ticket.number, "1234") == ("progress_done",)

    def test_look_up__an_application_with_its_day(self, house: House, ticket: Ticket) -> None:
        with house.database.session() as session:
            lawyer = session.get_one(User, ticket.lawyer_id)
            hand_over(session, house, ticket.id, user=lawyer, facts={})
        heard = progress(house, ticket.number, "1234")
        assert heard[0] == "progress_submitted"
        assert heard[-1] == "word_day"

    @pytest.mark.parametrize("tail", ["1235", "5678", ""])
    def test_look_up__another_tail_is_told_nothing(
        self, house: House, ticket: Ticket, tail: str
    ) -> None:
        assert progress(house, ticket.number, tail) == ("info_unknown",)

    def test_look_up__a_number_tried_through_is_closed_for_an_hour(
        self, house: House, ticket: Ticket, clock: FakeClock
    ) -> None:
        for tail in range(5):
            assert progress(house, ticket.number, f"{tail:04d}") == ("info_unknown",)
        assert progress(house, ticket.number, "1234") == ("info_locked",)
        clock.advance(seconds=3601)
        assert progress(house, ticket.number, "1234") == ("progress_open",)

    def test_look_up__a_telephone_that_tries_numbers_is_closed_too(
        self, house: House, ticket: Ticket
    ) -> None:
        for number in range(5):
            progress(house, f"99999999{number:02d}", "1234")
        assert progress(house, ticket.number, "1234") == ("info_locked",)

    def test_look_up__leaves_a_trace_without_numbers(self, house: House, ticket: Ticket) -> None:
        progress(house, ticket.number, "0000")
        with house.database.reading() as session:
            entries = session.exec(select(AuditEntry)).all()
        assert {each.action for each in entries} == {"ticket.inquiry_failed"}
        assert ticket.number not in {each.subject for each in entries}


class TestCentre:
    @pytest.fixture(autouse=True)
    def _centres(self, house: House) -> None:
        with house.database.session() as session:
            for code, phone in (("510000", "028-1110"), ("510100", "028-2220"), ("", "000")):
                session.add(
                    Institution(
                        id=new_id("inst", house.clock),
                        kind="legal_aid_centre",
                        name=code,
                        region_code=code,
                        phones=[phone],
                    )
                )

    def test_look_up__the_city_before_the_province(self, house: House) -> None:
        heard = ask(house, Question.CENTRE, "510104")
        assert heard == (
            "centre_found",
            *(f"number_{digit}" for digit in "0282220"),
        )

    def test_look_up__the_province_for_another_city(self, house: House) -> None:
        assert ask(house, Question.CENTRE, "511502")[-2:] == ("number_yao", "number_0")

    def test_look_up__nothing_in_another_province(self, house: House) -> None:
        assert ask(house, Question.CENTRE, "110101") == ("info_unknown",)


class TestMeansLimit:
    """The economic-hardship limit of legal aid where the caller lives."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return load_settings(tmp_path / "data", sms_url="http://127.0.0.1:9/sms")

    @pytest.fixture(autouse=True)
    def _centre(self, house: House) -> None:
        with house.database.session() as session:
            session.add(
                Institution(
                    id=new_id("inst", house.clock),
                    kind="legal_aid_centre",
                    name="成都市法律援助中心",
                    region_code="510100",
                    phones=["028-2220"],
                    means_limit_fen=102_050,
                    means_limit_year=2026,
                    means_limit_source="省政府文件",
                )
            )

    def test_look_up__a_sum_is_spoken_with_its_year(self, house: House) -> None:
        assert ask(house, Question.CENTRE, "510104")[8:] == (
            "means_limit",
            *("number_1", "word_thousand", "number_0", "number_20", "word_yuan"),
            *("number_5", "word_jiao"),
            "means_year",
            *("number_2", "number_0", "number_2", "number_6", "word_year"),
            "means_exceptions",
            "sms_promised",
        )

    def test_look_up__a_sum_is_spoken_in_english(self, house: House) -> None:
        assert ask(house, Question.CENTRE, "510104", language="en")[8:] == (
            "means_limit",
            *("number_1", "word_thousand", "number_20", "word_yuan"),
            *("number_50", "word_fen"),
            "means_year",
            *("number_20", "number_20", "number_6"),
            "means_exceptions",
            "sms_promised",
        )

    def test_look_up__of_another_city_is_not_told(self, house: House) -> None:
        heard = ask(house, Question.CENTRE, "511502")
        assert heard[0] == "centre_found"
        assert "means_limit" not in heard

    @pytest.mark.parametrize(
        ("language", "written"),
        [
            (
                "zh",
                "成都市法律援助中心, 028-2220. 当地申请法律援助的经济困难标准是，每人每月1020.50元"
                "（2026年，省政府文件）。有些事项不看经济状况，请您找律师了解。",
            ),
            (
                "en",
                "成都市法律援助中心, 028-2220. The income limit for legal aid there, for each "
                "person and month, is 1020.50 yuan (2026, 省政府文件). Some matters do not depend "
                "on income. Please ask a lawyer.",
            ),
        ],
    )
    def test_look_up__is_written_with_its_source(
        self, house: House, language: str, written: str
    ) -> None:
        ask(house, Question.CENTRE, "510104", language=language)
        with house.database.reading() as session:
            message = session.exec(select(Message)).one()
        assert house.vault.open(message.text_sealed, purpose="message.text") == written

    def test_written_limit__whole_yuan(self) -> None:
        limit = MeansLimit(200_000, 2026, "省政府文件")
        assert "每人每月2000元（2026年" in written_limit(limit, "bo")


class TestHours:
    def test_look_up__day_and_night(self, house: House) -> None:
        assert ask(house, Question.HOURS) == ("hours_always",)

    def test_said_hours__each_stretch(self) -> None:
        heard = said_hours((Opening(540, 720), Opening(840, 1080)), "zh")
        assert heard == (
            "hours_today",
            *("number_9", "word_hour", "hours_to", "number_12", "word_hour"),
            *("number_14", "word_hour", "hours_to", "number_18", "word_hour"),
        )

    def test_said_hours__a_day_of_rest(self) -> None:
        assert said_hours((), "en") == ("hours_closed",)


class TestMessage:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return load_settings(tmp_path / "data", sms_url="http://127.0.0.1:9/sms")

    def test_look_up__is_promised_and_written_in_one_transaction(
        self, house: House, ticket: Ticket
    ) -> None:
        assert progress(house, ticket.number, "1234") == ("progress_open", "sms_promised")
        with house.database.reading() as session:
            message = session.exec(select(Message)).one()
        text = house.vault.open(message.text_sealed, purpose="message.text")
        assert text == f"{ticket.number}: 您的咨询，律师还在办理。"

    def test_look_up__a_wrong_tail_is_written_to_nobody(self, house: House, ticket: Ticket) -> None:
        assert progress(house, ticket.number, "0000") == ("info_unknown",)
        with house.database.reading() as session:
            assert session.exec(select(Message)).all() == []
