"""What `hotline doctor` says of the public holidays."""

from datetime import datetime

from hotline.configuration.service import current
from hotline.database import Database
from hotline.hours.calendar import LAST_YEAR
from hotline.hours.configuration import HoursRules
from hotline.hours.outlook import unknown_year, warning
from hotline.settings import Settings


def doctor(settings: Settings) -> list[tuple[bool, str, str]]:
    """Is it well, what, the remedy."""
    year = unknown_year(entered_rules(settings), datetime.now(settings.zone).date())
    text = f"public holidays known to the end of {LAST_YEAR}"
    return [(year is None, text, "" if year is None else warning(year))]


def has_begun(settings: Settings) -> bool:
    """Whether there is a database to ask: before the first start there is none."""
    return bool(settings.database_url) or (settings.data_dir / "hotline.db").exists()


def entered_rules(settings: Settings) -> HoursRules:
    """What administrators entered, without a house; the defaults before the first start."""
    if not has_begun(settings):
        return HoursRules()
    database = Database(settings.database_url_used)
    try:
        with database.reading() as session:
            return current(session, HoursRules)
    except Exception:
        # The doctor says by itself when the database cannot be used.
        return HoursRules()
    finally:
        database.close()
