"""Who may sign in, who is signed in, and who tried and failed."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import json_list, moment


class User(SQLModel, table=True):
    """A person who works with the hotline.

    `roles` holds any of lawyer, supervisor, intake, admin. `is_demo` users exist in demo mode only
    and cannot sign in outside it.
    """

    __tablename__ = "users"

    id: str = Field(primary_key=True)
    username: str = Field(unique=True)
    display_name: str
    password_hash: str
    roles: list[str] = json_list()
    is_active: bool = True
    is_demo: bool = False
    created_at: datetime = moment()


class SignIn(SQLModel, table=True):
    """One signed-in browser or program; only a SHA-256 of its token is kept."""

    __tablename__ = "sign_ins"

    id: str = Field(primary_key=True)
    token_hash: str = Field(unique=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    created_at: datetime = moment()
    expires_at: datetime = moment(index=True)


class SignInFailure(SQLModel, table=True):
    """One failed try; `subject` is a keyed fingerprint of user name or address."""

    __tablename__ = "sign_in_failures"

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(index=True)
    at: datetime = moment(index=True)
