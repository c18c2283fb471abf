"""Who is asking, and the transaction of the request.

A route takes `ReadBy` (a session that only reads) or `WriteBy` (one transaction, committed at the
edge before the answer goes out, rolled back by any error; `hotline.web.routing` keeps it short).
Programs sign in with `Authorization: Bearer`; browsers with a cookie that other sites cannot send
(SameSite=Strict) and, for changes, with an Origin that must be ours.
"""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from sqlmodel import Session
from starlette.requests import HTTPConnection

from hotline.accounts.service import user_of_token
from hotline.errors import NotAllowed, NotSignedIn
from hotline.house import House
from hotline.views.reader import Reader

COOKIE = "hotline_session"


def house_of(connection: HTTPConnection) -> House:
    """The house of this process."""
    house = connection.app.state.house
    if not isinstance(house, House):
        raise AssertionError("the application was made without a house")
    return house


def token_of(connection: HTTPConnection) -> str:
    """The token that came with a request; empty when there is none."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return connection.cookies.get(COOKIE, "")


def require_own_origin(connection: HTTPConnection) -> None:
    """Refuses what another site's page made the browser send.

    A browser names the origin with every change and every web socket; programs name none and bring
    no cookie that they were not given on purpose.

    Raises:
        NotAllowed: The request comes from another site.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        is_ours = connection.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    else:
        is_ours = urlsplit(origin).netloc == connection.headers.get("host")
    if not is_ours:
        raise NotAllowed("This request comes from another site.")


def reading(request: Request) -> Iterator[Reader]:
    """A reader whose session only reads.

    Raises:
        NotSignedIn: Nobody is signed in.
    """
    house = house_of(request)
    with house.database.reading() as session:
        yield signed_in(session, house, token_of(request))


def writing(request: Request) -> Iterator[Reader]:
    """A reader whose session is committed when the route has ended well; the user is only read.

    Raises:
        NotSignedIn: Nobody is signed in.
        NotAllowed: The request comes from another site.
    """
    house = house_of(request)
    if "authorization" not in request.headers:
        require_own_origin(request)
    with house.database.reading() as session:
        user = signed_in(session, house, token_of(request)).signed_in
    # Not begun before the route asks for something: everybody else waits to write meanwhile.
    with house.database.session() as session:
        yield Reader(session, house, user)


def changing(request: Request) -> Iterator[Reader]:
    """A reader who may change things in transactions of the route's own: slow work comes before.

    Raises:
        NotSignedIn: Nobody is signed in.
        NotAllowed: The request comes from another site.
    """
    if "authorization" not in request.headers:
        require_own_origin(request)
    yield from reading(request)


def signed_in(session: Session, house: House, token: str) -> Reader:
    """The reader with this token.

    Raises:
        NotSignedIn: Nobody is.
    """
    user = user_of_token(session, house, token)
    if user is None:
        raise NotSignedIn("Sign in first.")
    return Reader(session, house, user)


def is_signed_in(connection: HTTPConnection) -> bool:
    """Whether somebody is signed in with the token of this request; blocks."""
    house = house_of(connection)
    with house.database.reading() as session:
        return user_of_token(session, house, token_of(connection)) is not None


def reading_anyone(request: Request) -> Iterator[Reader]:
    """A reader without a user, whose session only reads: for citizens."""
    house = house_of(request)
    with house.database.reading() as session:
        yield Reader(session, house)


def writing_anyone(request: Request) -> Iterator[Reader]:
    """A reader without a user, whose session is committed in the end: for citizens."""
    house = house_of(request)
    with house.database.session() as session:
        yield Reader(session, house)


# scope="function": the transaction ends before the answer is sent, so that a commit that fails is
# an error the client sees (docs/adr: one transaction per request).
ReadBy = Annotated[Reader, Depends(reading, scope="function")]
WriteBy = Annotated[Reader, Depends(writing, scope="function")]
ChangeBy = Annotated[Reader, Depends(changing, scope="function")]
ReadByAnyone = Annotated[Reader, Depends(reading_anyone, scope="function")]
WriteByAnyone = Annotated[Reader, Depends(writing_anyone, scope="function")]
