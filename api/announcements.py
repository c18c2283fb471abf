"""What every caller hears for a while: supervisors switch it on and off."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.moments import At
from api.paging import Page
from hotline.announcements import service as announcements
from hotline.announcements.service import NewAnnouncement, Place
from hotline.errors import InvalidInput
from hotline.flows.judge import judge, text_in_force
from hotline.house import House
from hotline.prompts import service as prompts, shelf
from hotline.tables import Announcement, User
from hotline.views.access import WATCHERS, require_role
from hotline.views.reader import Reader, Shape
from hotline.web.routing import Router
from hotline.web.signed_in import ChangeBy, ReadBy, WriteBy

router = Router(prefix="/announcements", tags=["administration"])

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class AnnouncementShape(Shape):
    """One announcement; `is_on` says whether callers hear it now."""

    id: str
    text: str
    prompt: str
    languages: list[str]
    place: Place
    is_on: bool
    starts_at: datetime
    ends_at: datetime | None
    created_by: str
    ended_at: datetime | None
    ended_by: str | None


class AnnouncementWish(BaseModel):
    """What callers shall hear; `prompt` names audio that is there in each of the languages."""

    text: str = Field(min_length=1, max_length=500)
    prompt: str = Field(min_length=1, max_length=60)
    languages: list[Language] = Field(min_length=1, max_length=4)
    place: Place = Place.AFTER
    ends_at: At | None = None


@router.get("")
def get_announcements(reader: ReadBy) -> Page[AnnouncementShape]:
    """Every announcement, newest first."""
    require_role(reader.signed_in, WATCHERS)
    return Page(items=[_shape(reader, row) for row in announcements.history(reader.session)])


@router.post("", status_code=201)
def post_announcement(body: AnnouncementWish, reader: ChangeBy) -> AnnouncementShape:
    """Lets every caller who arrives from now on hear it; 422 when it has no audio.

    409 when prompts changed while that was looked for.
    """
    require_role(reader.signed_in, WATCHERS)
    house = reader.house
    recordings = prompts.active(reader.session)
    _require_audio(house, body)
    new = NewAnnouncement(
        text=body.text,
        prompt=body.prompt,
        languages=body.languages,
        place=body.place,
        ends_at=body.ends_at,
    )
    with house.database.session() as session:
        prompts.require_unchanged(session, recordings)
        by = session.get_one(User, reader.signed_in.id)
        row = announcements.switch_on(session, house, new, by=by)
        return _shape(reader, row)


@router.post("/{announcement_id}/end")
def post_end(announcement_id: str, writer: WriteBy) -> AnnouncementShape:
    """Switches it off."""
    require_role(writer.signed_in, WATCHERS)
    row = announcements.switch_off(
        writer.session, writer.house, announcement_id, by=writer.signed_in
    )
    return _shape(writer, row)


def _require_audio(house: House, wish: AnnouncementWish) -> None:
    """Lays the prompts out and looks for the files, before there is a transaction to wait for."""
    settings = house.settings
    prompts.check_names(wish.prompt, "any")
    shelf.lay_out(house)
    with house.database.reading() as session:
        text = text_in_force(session, settings)
    for language in wish.languages:
        # In another language it would be said twice in the default one.
        path = judge().prompt_file(text, settings, wish.prompt, language)
        if path.parent.name != language:
            raise InvalidInput(f"There is no audio for {wish.prompt} in {language}: upload it.")


def _shape(reader: Reader, row: Announcement) -> AnnouncementShape:
    is_on = announcements.is_on(row, reader.house.clock.now())
    return AnnouncementShape(**row.model_dump(exclude={"created_at"}), is_on=is_on)
