"""Lawyers' audio in calls."""

from sqlmodel import col, select

from hotline.tables import Call, Leg
from hotline.views.reader import Reader, Shape


class LegShape(Shape):
    """A lawyer's audio in a call; `state` is wanted, ready or closed.

    `medium` is browser, or how the lawyer takes calls on a telephone; then there is no address.
    `audio_url` is given only where the token is made: in the answer to an accepted offer, and by
    `GET /api/v1/calls/{id}/leg`, which takes the audio away from the page that had it.
    """

    leg_id: str
    call_id: str
    state: str
    medium: str = "browser"
    audio_url: str | None = None


def leg_shape(leg: Leg, *, audio_url: str | None = None) -> LegShape:
    """A lawyer's audio."""
    return LegShape(
        leg_id=leg.id,
        call_id=leg.call_id,
        state=leg.state,
        medium=leg.medium,
        audio_url=audio_url,
    )


def open_leg(reader: Reader, call: Call) -> Leg | None:
    """The reader's own leg in a call, while it is open."""
    query = (
        select(Leg)
        .where(
            col(Leg.call_id) == call.id,
            col(Leg.lawyer_id) == (reader.user.id if reader.user else ""),
            col(Leg.state) != "closed",
        )
        .order_by(col(Leg.id).desc())
    )
    return reader.session.exec(query).first()
