"""Duty lawyers: what they can take and what they are doing."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_list, levels, moment, moment_or_none


class Lawyer(SQLModel, table=True):
    """A duty lawyer's skills and state; the server owns the state.

    `topics` is a list of topic keys, or ["*"] for all. `state` is one of
    hotline.agents.rules.LawyerState, `state_by` is who set it: a user, or system. `state_until`
    is when wrap-up or ringing ends, or by when a break should. `next_state` is what comes after
    wrap-up, with `next_reason` and `next_by` for why and by whom; `wrap_up_extensions` is how often
    this one was extended. `language_levels` and `topic_levels` hold how well, 1 to 3, by the keys
    of the lists; what is not in them counts as hotline.queueing.rules.DEFAULT_LEVEL.
    """

    __tablename__ = "lawyers"

    user_id: str = Field(primary_key=True, foreign_key="users.id")
    languages: list[str] = json_list()
    topics: list[str] = json_list()
    language_levels: dict[str, int] = levels()
    topic_levels: dict[str, int] = levels()
    state: str = Field(default="offline", index=True)
    state_reason: str | None = None
    state_since: datetime = moment()
    state_until: datetime | None = moment_or_none()
    idle_since: datetime | None = moment_or_none()
    state_by: str | None = None
    next_state: str | None = None
    next_reason: str | None = None
    next_by: str | None = None
    call_id: str | None = None
    missed_offers: int = 0
    wrap_up_extensions: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    connected_at: datetime | None = moment_or_none()
    disconnected_at: datetime | None = moment_or_none()


class LawyerTelephone(SQLModel, table=True):
    """Where a lawyer takes calls when not in the browser.

    `medium` is browser, number (`number_sealed` is dialled over the trunk) or sip_phone (the one
    that registers with us under the user name).
    """

    __tablename__ = "lawyer_telephones"

    lawyer_id: str = Field(primary_key=True, foreign_key="users.id")
    medium: str = "browser"
    number_sealed: bytes | None = None


class LawyerStateChange(SQLModel, table=True):
    """History: who changed whose state, when and why."""

    __tablename__ = "lawyer_state_changes"

    id: int | None = Field(default=None, primary_key=True)
    lawyer_id: str = Field(foreign_key="users.id", index=True)
    at: datetime = moment(index=True)
    from_state: str
    to_state: str
    by: str
    reason: str | None = None
