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


def entered_rules(settings: Settings) -> HoursRules:
    """What administrators entered, without a house; the defaults before the first start."""
    if not settings.database_url and not (settings.data_dir / "hotline.db").exists():
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
