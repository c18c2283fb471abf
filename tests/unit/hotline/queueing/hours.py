"""Moments and quiet hours for tests of when somebody may be dialled."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from hotline.queueing.dialling import QuietHours, Source, Window

SHANGHAI = ZoneInfo("Asia/Shanghai")
QUIET = QuietHours()
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 3, 2, 23, 0, tzinfo=SHANGHAI)
MORNING_AFTER = datetime(2026, 3, 3, 8, 0, tzinfo=SHANGHAI)

PROMPT_SOURCES = (Source.KEY, Source.LOST, Source.ABANDONED, Source.MESSAGE)

moments = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    max_value=datetime(2027, 12, 31),  # noqa: DTZ001  # hypothesis adds the zone
    timezones=st.sampled_from([UTC, SHANGHAI]),
)
_times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
quiets = st.builds(QuietHours, begins=_times, ends=_times)
_lengths = st.timedeltas(min_value=timedelta(minutes=15), max_value=timedelta(hours=40))
_leads = st.timedeltas(min_value=timedelta(hours=-12), max_value=timedelta(days=7))


def windows(asked_at: datetime) -> st.SearchStrategy[Window | None]:
    """Hours that somebody who asks at that moment may choose; none as often."""
    chosen = st.builds(
        lambda lead, length: Window(asked_at + lead, asked_at + lead + length), _leads, _lengths
    )
    return st.none() | chosen
