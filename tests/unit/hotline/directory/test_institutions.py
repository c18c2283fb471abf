"""Institutions of an older hotline are kept; the limit that they lack is not guessed."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from hotline import migrations
from hotline.directory.centres import centres
from hotline.directory.means import limit_of
from hotline.house import House
from hotline.tables import Institution


def migrating(house: House) -> Config:
    """What Alembic works with."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["engine"] = house.database.engine
    return config


class TestUpgrade:
    def test_institutions_of_before__have_no_limit(self, house: House) -> None:
        command.downgrade(migrating(house), "0017")
        with house.database.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO institutions (id, kind, name, region_code, address, phones, hours,"
                    " languages) VALUES ('inst_a', 'legal_aid_centre', 'a', '510100', '', '[]', '',"
                    " '[]')"
                )
            )

        house.database.migrate()

        with house.database.reading() as session:
            (row,) = centres(session)
            assert (row.name, limit_of(row)) == ("a", None)

    def test_institutions_with_a_limit__go_back_without_it(self, house: House) -> None:
        with house.database.session() as session:
            row = Institution(id="inst_a", kind="legal_aid_centre", name="a", region_code="510100")
            row.means_limit_fen, row.means_limit_year, row.means_limit_source = 1, 2026, "省"
            session.add(row)

        command.downgrade(migrating(house), "0017")
        house.database.migrate()

        with house.database.reading() as session:
            (row,) = centres(session)
            assert (row.name, limit_of(row)) == ("a", None)
