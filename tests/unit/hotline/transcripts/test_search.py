"""The index of words in a real database, and that whatever is there is found."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import assume, given, settings, strategies as st
from sqlmodel import Session, delete

from hotline import migrations
from hotline.events import last_seq
from hotline.house import House
from hotline.insights.following import InsightFollower
from hotline.tables import Call, Progress, Segment
from hotline.transcripts import word_index
from hotline.transcripts.redaction import redact
from hotline.transcripts.search import Wanted, begin_renewal, is_being_renewed, renew, search
from hotline.transcripts.service import add_segment
from tests.unit.hotline.factories import create_call


@pytest.fixture
def call(house: House) -> Call:
    with house.database.session() as session:
        return create_call(session, house)


def store(
    session: Session,
    house: House,
    call: Call,
    texts: Sequence[str],
    *,
    speaker: str = "caller",
    source: str = "live",
) -> list[Segment]:
    """Segments that follow one another."""
    segments = [
        add_segment(
            session,
            house,
            call_id=call.id,
            speaker=speaker,
            start_ms=place * 2000,
            end_ms=place * 2000 + 1000,
            text=words,
            language="zh",
            source=source,
        )
        for place, words in enumerate(texts)
    ]
    return [segment for segment in segments if segment is not None]


def index(house: House, call: Call, *texts: str, speaker: str = "caller") -> None:
    """Stores segments and puts each into the index before the next one comes."""
    with house.database.session() as session:
        for segment in store(session, house, call, texts, speaker=speaker):
            word_index.add(session, [segment])


def migrating(house: House) -> Config:
    """What Alembic needs to change the house's tables."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["engine"] = house.database.engine
    return config


def found(house: House, words: str) -> list[str]:
    with house.database.reading() as session:
        rows = search(session, Wanted(words), may_see=None, limit=50)
        return [segment.text for segment, _ in rows]


class TestSearch:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("他欠我工资3500块", "工资3500"),
            ("他欠我工资3500块", "资3500块"),
            ("拖欠2个月了", "拖欠2个月"),
            ("拖欠2个月了", "2个"),
            ("工资，没给", "工资，没给"),
            ("拖欠 工资", "拖欠工资"),
            ("拖欠工资", "拖欠 工资"),
            ("用WeChat转账", "wechat转"),
            ("월급을 못 받았어요", "월급"),
            ("월급을 못 받았어요", "월급을 못"),
            ("３５００块", "3500"),
            ("工资", "资"),
        ],
    )
    def test_what_is_there__is_found(self, house: House, call: Call, text: str, words: str) -> None:
        index(house, call, text)

        assert found(house, words) == [text]

    @pytest.mark.parametrize(
        ("text", "words"), [("拖欠工资", "欠资"), ("工资没给", "工资3500"), ("월급을", "급을")]
    )
    def test_what_is_not_there__is_not_found(
        self, house: House, call: Call, text: str, words: str
    ) -> None:
        index(house, call, text)

        assert found(house, words) == []

    def test_number_over_two_segments__no_part_of_it_is_found(
        self, house: House, call: Call
    ) -> None:
        index(house, call, "我电话13800", "138000打给我")

        assert [found(house, part) for part in ("13800", "138000", "138", "8000")] == [[]] * 4
        assert len(found(house, "我电话")) == len(found(house, "打给我")) == 1

    def test_spoken_number__its_shown_end_is_not_found(self, house: House, call: Call) -> None:
        index(house, call, "电话幺三八零零零零幺幺幺幺")

        assert (found(house, "幺三八"), found(house, "幺幺")) == ([], [])

    def test_number__the_other_speaker_s_digits_are_no_part_of_it(
        self, house: House, call: Call
    ) -> None:
        index(house, call, "一共13800")
        index(house, call, "是138000吗", speaker="lawyer")

        assert found(house, "13800") != []


class TestRenew:
    def test_renew__fills_the_index_again_part_by_part(self, house: House, call: Call) -> None:
        index(house, call, "拖欠工资", "还有工资")
        with house.database.session() as session:
            begin_renewal(session)
        assert found(house, "工资") == []

        with house.database.session() as session:
            assert renew(session, at_once=1)
            assert is_being_renewed(session)
            assert renew(session, at_once=1)
            assert not renew(session, at_once=1)
            assert not is_being_renewed(session)

        assert len(found(house, "工资")) == 2

    def test_renew__nothing_to_do(self, house: House) -> None:
        with house.database.session() as session:
            assert not renew(session)
            assert session.get(Progress, "word_index") is None


_WORDS = st.lists(
    st.one_of(
        st.text("拖欠我的工资没给两", min_size=1, max_size=4),
        st.sampled_from(["3500", "2", "wechat", "월급을", "OK", "，", "。", " "]),
    ),
    min_size=1,
    max_size=8,
).map("".join)


def _is_within_a_word(text: str, start: int) -> bool:
    """Whether a place is behind the first letter of a word that is not Chinese."""
    two = text[start - 1 : start + 1] if start else ""
    return len(two) == 2 and all(char.isalnum() and not "一" <= char <= "鿿" for char in two)


class TestGuarantee:
    def test_any_stretch__is_found(self, house: House, call: Call) -> None:
        @settings(deadline=None)
        @given(text=_WORDS, data=st.data())
        def check(text: str, data: st.DataObject) -> None:
            assume(redact(text) == text)
            starts = [place for place in range(len(text)) if not _is_within_a_word(text, place)]
            start = data.draw(st.sampled_from(starts))
            words = text[start : data.draw(st.integers(start + 1, len(text)))]
            assume(any(char.isalnum() for char in words))
            with house.database.session() as session:
                session.exec(delete(Segment))
                word_index.add(session, store(session, house, call, [f"嗯{text}嗯"]))

            assert len(found(house, words)) == 1

        check()


class TestUpgrade:
    def test_index_of_before__is_emptied_and_filled_without_numbers(
        self, house: House, call: Call
    ) -> None:
        # First, for the tables are not those of this version afterwards.
        index(house, call, "拖欠工资", "电话13800138000")
        command.downgrade(migrating(house), "0016")

        house.database.migrate()

        assert found(house, "工资") == []
        InsightFollower(house).catch_up()
        assert (found(house, "工资"), found(house, "13800")) == (["拖欠工资"], [])

    def test_events_of_before__say_nothing_of_notices(self, house: House, call: Call) -> None:
        command.downgrade(migrating(house), "0016")

        house.database.migrate()

        with house.database.reading() as session:
            row = session.get_one(Progress, "unnoted_notices")
            assert row.position == last_seq(session)

    def test_nothing_said_before__there_is_nothing_to_fill(self, house: House) -> None:
        with house.database.reading() as session:
            assert not is_being_renewed(session)
