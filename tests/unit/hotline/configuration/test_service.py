import pytest
from pydantic import BaseModel
from sqlmodel import select

from hotline.configuration import service as configuration
from hotline.errors import Conflict, InvalidInput, NotFound
from hotline.events import EventType, read_after
from hotline.house import House
from hotline.queueing.configuration import QueueRules
from hotline.tables import AuditEntry, ConfigurationVersion


class Unknown(BaseModel):
    """Not among the kinds."""


def change(house: House, values: dict[str, object], *, expected: int) -> int:
    with house.database.session() as session:
        row = configuration.change(session, house, "queue", values, expected=expected, by=None)
        return row.version


def in_force(house: House) -> QueueRules:
    with house.database.reading() as session:
        return configuration.current(session, QueueRules)


def test_current__is_the_defaults_at_first(house: House) -> None:
    assert in_force(house) == QueueRules()


def test_change__is_in_force_at_once_and_leaves_the_older_version(house: House) -> None:
    assert change(house, {"avoid_seconds": 30}, expected=0) == 1
    assert change(house, {"avoid_seconds": 40}, expected=1) == 2

    assert in_force(house).avoid_seconds == 40
    with house.database.reading() as session:
        versions = configuration.history(session, "queue")
        assert [row.version for row in versions] == [2, 1]
        assert versions[1].content["avoid_seconds"] == 30


def test_change__is_audited_and_told(house: House) -> None:
    change(house, {"avoid_seconds": 30}, expected=0)

    with house.database.reading() as session:
        entry = session.exec(select(AuditEntry)).one()
        assert (entry.action, entry.subject) == ("configuration.changed", "queue")
        event = read_after(session, 0)[-1]
        assert event.type == EventType.CONFIGURATION_CHANGED
        assert event.data == {"kind": "queue", "version": 1}


def test_change__after_somebody_else_is_refused(house: House) -> None:
    change(house, {"avoid_seconds": 30}, expected=0)

    with pytest.raises(Conflict, match="version 1"):
        change(house, {"avoid_seconds": 99}, expected=0)

    assert in_force(house).avoid_seconds == 30


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"avoid_seconds": -1}, "avoid_seconds: "),
        ({"avoid_second": 1}, "avoid_second: "),
        ({"avoid_seconds": "soon"}, "avoid_seconds: "),
    ],
)
def test_change__of_what_does_not_hold_says_which_field(
    house: House, values: dict[str, object], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        change(house, values, expected=0)

    with house.database.reading() as session:
        assert session.exec(select(ConfigurationVersion)).all() == []


def test_model_of__an_unknown_kind_lists_those_there_are() -> None:
    with pytest.raises(NotFound, match="queue"):
        configuration.model_of("nothing")


def test_name_of__a_model_that_is_no_kind_is_an_error() -> None:
    with pytest.raises(NotFound, match="Unknown"):
        configuration.name_of(Unknown)
