"""Words on PostgreSQL: proposals and the index, whose SQL is the database's own."""

import pytest

from hotline.house import House
from hotline.insights.following import InsightFollower
from hotline.tables import Segment
from hotline.transcripts import service, word_index
from hotline.transcripts.erasure import erase
from hotline.transcripts.search import Wanted, reindex_after, search
from tests.unit.hotline.factories import create_call
from tests.unit.hotline.insights.test_following import TestCatchUp, call
from tests.unit.hotline.transcripts.test_search import (
    TestGuarantee,
    TestRenew,
    TestSearch as TestWhatIsFound,
    TestUpgrade,
)

__all__ = ["TestCatchUp", "TestGuarantee", "TestRenew", "TestUpgrade", "TestWhatIsFound", "call"]

TEXTS = ("老板拖欠我的工资三个月", "公司不发工资", "电话13800001111")


def _found(house: House, words: str) -> list[str]:
    with house.database.reading() as session:
        rows = search(session, Wanted(words), may_see=None, limit=10)
        return [segment.text for segment, _ in rows]


@pytest.fixture
def said(house: House) -> House:
    with house.database.session() as session:
        talk = create_call(session, house)
        for number, text in enumerate(
            ("老板拖欠我的工资三个月", "公司不发工资", "电话13800001111")
        ):
            service.add_segment(
                session,
                house,
                call_id=talk.id,
                speaker="caller",
                start_ms=number * 1000,
                end_ms=number * 1000 + 500,
                text=text,
                language="zh",
            )
    InsightFollower(house).catch_up()
    return house


class TestSearch:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("工资", ["公司不发工资", "老板拖欠我的工资三个月"]),
            ("拖欠我的", ["老板拖欠我的工资三个月"]),
            ("资", ["公司不发工资", "老板拖欠我的工资三个月"]),
            ("工资 老板", ["老板拖欠我的工资三个月"]),
            ("欠的", []),
            ("13800001111", []),
        ],
    )
    def test_words__are_found_newest_first(
        self, said: House, words: str, expected: list[str]
    ) -> None:
        assert _found(said, words) == expected

    def test_index_made_anew__finds_the_same(self, said: House) -> None:
        with said.database.session() as session:
            word_index.clear(session)
        assert _found(said, "工资") == []

        with said.database.session() as session:
            position = reindex_after(session, 0)
            assert reindex_after(session, position or 0) is None

        assert len(_found(said, "工资")) == 2

    def test_erased_segment__leaves_the_index(self, said: House) -> None:
        with said.database.session() as session:
            call_id = session.get_one(Segment, 1).call_id
            erase(session, said, call_id)

        with said.database.session() as session:
            assert word_index.count(session) == 0
