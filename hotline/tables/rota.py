"""The rota: shifts, their seats, and who would like to swap."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import moment, moment_or_none


class RotaShift(SQLModel, table=True):
    """A stretch of duty; it may pass midnight."""

    __tablename__ = "rota_shifts"

    id: str = Field(primary_key=True)
    label: str = ""
    starts_at: datetime = moment(index=True)
    ends_at: datetime = moment(index=True)
    created_at: datetime = moment()
    created_by: str | None = Field(default=None, foreign_key="users.id")


class RotaSeat(SQLModel, table=True):
    """One place in a shift; open while nobody has it. Empty language or topic: any."""

    __tablename__ = "rota_seats"

    id: str = Field(primary_key=True)
    shift_id: str = Field(foreign_key="rota_shifts.id", index=True)
    language: str | None = None
    topic: str | None = None
    lawyer_id: str | None = Field(default=None, foreign_key="users.id", index=True)
    assigned_at: datetime | None = moment_or_none()
    assigned_by: str | None = Field(default=None, foreign_key="users.id")


class RotaSwap(SQLModel, table=True):
    """A lawyer asks a colleague to take a seat, perhaps for one of the colleague's in return.

    `state` goes asked -> accepted -> done, or to declined, withdrawn, refused (by a supervisor) or
    void (the seat went another way); without approval, accepting is done at once.
    """

    __tablename__ = "rota_swaps"

    id: str = Field(primary_key=True)
    seat_id: str = Field(foreign_key="rota_seats.id", index=True)
    from_id: str = Field(foreign_key="users.id", index=True)
    to_id: str = Field(foreign_key="users.id", index=True)
    state: str = Field(default="asked", index=True)
    return_seat_id: str | None = Field(default=None, foreign_key="rota_seats.id")
    note: str = ""
    asked_at: datetime = moment()
    answered_at: datetime | None = moment_or_none()
    decided_at: datetime | None = moment_or_none()
    decided_by: str | None = Field(default=None, foreign_key="users.id")
