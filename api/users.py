"""The people who may sign in, kept by administrators."""

from datetime import datetime

from pydantic import BaseModel, Field

from api.paging import Page
from hotline.accounts import repository, staff
from hotline.accounts.rules import PASSWORD_MOST_CHARACTERS, Role
from hotline.accounts.service import NewUser
from hotline.tables import User
from hotline.views.access import ADMIN, require_role
from hotline.views.reader import Shape
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy

router = Router(prefix="/users", tags=["users"])


class AccountShape(Shape):
    """Somebody who may sign in, or might again; `is_demo` users can in demo mode only."""

    id: str
    username: str
    display_name: str
    roles: list[str]
    is_active: bool
    is_demo: bool
    created_at: datetime


class WantedAccount(BaseModel):
    """A person as they are to be; an empty display name is the user name."""

    display_name: str = Field(max_length=80)
    roles: list[Role] = Field(min_length=1, max_length=len(Role))
    is_active: bool = True


class GivenPassword(BaseModel):
    """A new password, kept as a hash alone."""

    password: str = Field(max_length=PASSWORD_MOST_CHARACTERS)


class NewAccount(GivenPassword):
    """A person to add; languages and topics (* is every one) matter for lawyers only."""

    username: str = Field(max_length=100)
    display_name: str = Field(default="", max_length=80)
    roles: list[Role] = Field(min_length=1, max_length=len(Role))
    languages: list[str] = Field(default_factory=lambda: ["zh"], max_length=20)
    topics: list[str] = Field(default_factory=lambda: ["*"], max_length=50)


@router.get("")
def get_users(reader: ReadBy) -> Page[AccountShape]:
    """Everybody, by user name."""
    require_role(reader.signed_in, frozenset({ADMIN}))
    return Page(items=[_shape(user) for user in repository.users(reader.session)])


@router.post("", status_code=201)
def post_user(body: NewAccount, writer: WriteBy) -> AccountShape:
    """Adds a person; 409 when the user name is taken."""
    require_role(writer.signed_in, frozenset({ADMIN}))
    new = NewUser(**body.model_dump())
    return _shape(staff.add(writer.session, writer.house, new, by=writer.signed_in))


@router.put("/{user_id}")
def put_user(user_id: str, body: WantedAccount, writer: WriteBy) -> AccountShape:
    """Writes a person anew; 409 when nobody could administer, or a lawyer is on duty."""
    by = writer.signed_in
    require_role(by, frozenset({ADMIN}))
    return _shape(staff.change(writer.session, writer.house, user_id, **body.model_dump(), by=by))


@router.put("/{user_id}/password", status_code=204)
def put_password(user_id: str, body: GivenPassword, writer: WriteBy) -> None:
    """Gives a person a new password and signs them out everywhere."""
    require_role(writer.signed_in, frozenset({ADMIN}))
    staff.give_password(writer.session, writer.house, user_id, body.password, by=writer.signed_in)


def _shape(user: User) -> AccountShape:
    return AccountShape(**user.model_dump(include=set(AccountShape.model_fields)))
