"""Signing in and out."""

from fastapi import Request, Response
from pydantic import BaseModel, Field

from hotline.accounts.service import sign_in, sign_out
from hotline.tables import SignIn
from hotline.views.people import UserShape, user_shape
from hotline.web.routing import Router
from hotline.web.signed_in import (
    COOKIE,
    ReadBy,
    WriteBy,
    WriteByAnyone,
    house_of,
    require_own_origin,
    token_of,
)

router = Router(tags=["session"])


class Credentials(BaseModel):
    """User name and password as typed."""

    username: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=1000)


class SignedIn(BaseModel):
    """The token for `Authorization: Bearer`, and who it stands for."""

    token: str
    user: UserShape


@router.post("/session")
def post_session(
    body: Credentials, request: Request, response: Response, writer: WriteByAnyone
) -> SignedIn:
    """Signs in: the answer sets the session cookie and carries the token for programs."""
    require_own_origin(request)
    user, token, signed_in = sign_in(
        writer.session,
        writer.house,
        username=body.username,
        password=body.password,
        address=request.client.host if request.client else "",
    )
    _set_cookie(request, response, token, signed_in)
    return SignedIn(token=token, user=user_shape(user))


@router.delete("/session", status_code=204)
def delete_session(request: Request, response: Response, writer: WriteBy) -> None:
    """Signs out; the token is worthless from now on."""
    sign_out(writer.session, writer.house, token_of(request))
    response.delete_cookie(COOKIE, path="/")


@router.get("/me")
def get_me(reader: ReadBy) -> UserShape:
    """Who is signed in."""
    return user_shape(reader.signed_in)


def _set_cookie(request: Request, response: Response, token: str, signed_in: SignIn) -> None:
    is_secure = house_of(request).settings.is_tls or request.url.scheme == "https"
    lifetime = signed_in.expires_at - signed_in.created_at
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=is_secure,
        httponly=True,
        samesite="strict",
    )
