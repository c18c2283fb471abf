"""Which flow calls are led by, whatever becomes of the version that should be in force."""

from pathlib import Path

import pytest
from sqlmodel import Session

from hotline.directory.centres import CENTRE
from hotline.flows import service as flows
from hotline.house import House
from hotline.ids import new_id
from hotline.settings import Settings, load_settings
from hotline.tables import Institution, User
from ivr.catalogue import read_flow_file
from ivr.flow.errors import FlowDefinitionError
from ivr.flow_shelf import FlowShelf
from tests.unit.api.factories import add_people

OTHER = read_flow_file().replace("queue_position_max = 10", "queue_position_max = 5")


@pytest.fixture
def admin(house: House) -> str:
    return add_people(house)["admin"]


def put_in_force(house: House, admin: str, text: str = OTHER) -> int:
    """A version that nobody has looked at, as an older program might have left it."""
    with house.database.session() as session:
        row = flows.draft(session, house, text, note="", by=session.get_one(User, admin))
        _activate(session, house, row.version, admin)
        return row.version


def _activate(session: Session, house: House, version: int, admin: str) -> None:
    by = session.get_one(User, admin)
    flows.activate(session, house, version, by=by, findings=())


def add_centre(house: House, region_code: str) -> None:
    with house.database.session() as session:
        session.add(
            Institution(
                id=new_id("inst", house.clock),
                kind=CENTRE,
                name="",
                region_code=region_code,
                phones=["010-1110"],
            )
        )


def test_read__the_file_until_a_version_is_active(house: House, admin: str) -> None:
    shelf = FlowShelf(house)
    assert shelf.read().version.startswith("file:")

    version = put_in_force(house, admin)
    assert shelf.read().version == str(version)
    assert shelf.current.definition.queue_position_max == 5

    with house.database.session() as session:
        _activate(session, house, flows.FILE_VERSION, admin)
    assert shelf.read().version.startswith("file:")
    assert shelf.problem is None


def test_read__a_broken_version_leaves_the_last_good_one(house: House, admin: str) -> None:
    good = put_in_force(house, admin)
    shelf = FlowShelf(house)
    shelf.read()
    put_in_force(house, admin, "colour = 1")

    assert shelf.read().version == str(good)
    assert shelf.problem is not None

    repaired = put_in_force(house, admin)
    assert shelf.read().version == str(repaired)
    assert shelf.problem is None


def test_read__a_database_that_is_away_leaves_what_there_is(house: House, admin: str) -> None:
    good = put_in_force(house, admin)
    shelf = FlowShelf(house)
    shelf.read()
    house.database.close()
    (house.settings.data_dir / "hotline.db").write_bytes(b"nonsense" * 1000)

    assert shelf.read().version == str(good)
    assert shelf.problem is not None


class TestFile:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        (tmp_path / "own.toml").write_text("colour = 1", encoding="utf-8")
        return load_settings(tmp_path / "data", flow_file=tmp_path / "own.toml")

    def test_open__broken_file_alone_is_refused(self, house: House) -> None:
        with pytest.raises(FlowDefinitionError, match="colour"):
            FlowShelf(house)

    def test_open__broken_file_does_not_stop_an_active_version(
        self, house: House, admin: str
    ) -> None:
        version = put_in_force(house, admin)
        shelf = FlowShelf(house)
        assert shelf.current.version == str(version)
        assert shelf.problem is not None


def test_read__districts_that_a_centre_can_be_told_for(house: House) -> None:
    shelf = FlowShelf(house)
    assert shelf.read().definition.districts == ()

    add_centre(house, "110000")
    assert "110101" in {each.code for each in shelf.read().definition.districts}
