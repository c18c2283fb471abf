"""Asking to be called back: the citizen's page, the mini-program, and the staff's list.

Citizens do not sign in. What protects them and the queue: consent before anything is stored, one
open wish per number, a limit per number and per address, and a token that only the answer to the
request carries.
"""

import math
import re
from datetime import datetime
from typing import Annotated

from fastapi import Header, Query, Request
from pydantic import AliasChoices, BaseModel, Field

from api.limits import AddressLimit
from api.moments import At
from api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page
from callback import service as callbacks
from callback.repository import entry_of, find as find_callback
from callback.rules import CallbackState
from hotline.audit import audit
from hotline.callers.service import number_of
from hotline.errors import InvalidInput
from hotline.house import House
from hotline.privacy import mask_number, normalise_number
from hotline.queueing import forecasts
from hotline.tables import Callback, Caller
from hotline.tickets.rules import TOPICS
from hotline.views.access import WATCHERS, require_role
from hotline.views.callbacks import CallbackShape, callback_shape, list_callbacks
from hotline.views.reader import Reader
from hotline.web.routing import Router
from hotline.web.signed_in import (
    ReadBy,
    ReadByAnyone,
    WriteByAnyone,
    require_own_origin,
    signed_in,
    token_of,
)

router = Router(prefix="/callbacks", tags=["callbacks"])

# Mainland numbers: mobile, or area code (010, 02x, 0xxx) and seven or eight digits.
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}")

Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$"),
]
Token = Annotated[str | None, Query(max_length=128, description="From the answer to the request.")]


class Wish(BaseModel):
    """What a citizen asks for; without a window the call comes as soon as a lawyer is free.

    `phone` is another name for `number`.
    """

    number: str = Field(
        min_length=5, max_length=30, validation_alias=AliasChoices("number", "phone")
    )
    language: str = Field(default="zh", min_length=2, max_length=8)
    topic: str | None = None
    window_from: At | None = None
    window_to: At | None = None
    consent: bool = Field(description="Whether the privacy notice was agreed to.")
    consent_version: str = Field(default="1", min_length=1, max_length=40)


class CitizenCallback(BaseModel):
    """What the citizen may know of the request.

    `number` is masked. `state` is waiting, dialling, connected, cancelled, exhausted or superseded
    (the person got through in another way). The call comes at `expected_from` or soon after; None
    when none will come. `expected_minutes` is the range in which it is expected, from who is on
    duty and who is ahead; None where that cannot be said.
    """

    id: str
    state: str
    number: str
    language: str
    topic: str | None
    window_from: datetime | None
    window_to: datetime | None
    created_at: datetime
    expected_from: datetime | None
    expected_text: str
    expected_minutes: tuple[int, int] | None = None
    attempts: int


class Requested(CitizenCallback):
    """The request with the token that follows or cancels it; it is shown only here."""

    token: str


@router.post("", status_code=201)
def post_callback(
    body: Wish, request: Request, writer: WriteByAnyone, idempotency_key: Key = None
) -> Requested:
    """Asks to be called back; 409 when the number is waiting already.

    The same `Idempotency-Key` with the same body gives the same answer again, so that a double tap
    is one request.
    """
    require_own_origin(request)
    _limit_address(request, now=writer.house.clock.now())
    _check(body, writer.house)
    requested = callbacks.request(
        writer.session,
        writer.house,
        number=normalise_number(body.number),
        language=body.language,
        topic=body.topic,
        window_from=body.window_from,
        window_to=body.window_to,
        idempotency_key=idempotency_key,
        consent_version=body.consent_version,
    )
    if requested.is_new:
        caller = writer.session.get_one(Caller, requested.callback.caller_id)
        callbacks.refuse_too_often(writer.session, writer.house, caller, besides=requested.callback)
    # As it will be read later: a repeated request gets the same answer to the letter.
    writer.session.flush()
    writer.session.refresh(requested.callback)
    shape = _citizen_shape(writer, requested.callback)
    return Requested(**shape.model_dump(), token=requested.token)


@router.get("")
def get_callbacks(
    reader: ReadBy,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    state: Annotated[str | None, Query(max_length=20)] = None,
    source: Annotated[str | None, Query(max_length=20)] = None,
) -> Page[CallbackShape]:
    """Every request, newest first; for supervisors."""
    require_role(reader.signed_in, WATCHERS)
    rows = list_callbacks(reader, limit=limit + 1, before=cursor, state=state, source=source)
    return page(rows, [row.id for row in rows], limit=limit)


@router.get("/{callback_id}")
def get_callback(
    callback_id: str, request: Request, reader: ReadByAnyone, token: Token = None
) -> CitizenCallback | CallbackShape:
    """One request: for the citizen by its token, for supervisors by their sign-in."""
    if token is not None:
        callback = callbacks.find_by_token(reader.session, callback_id, token)
        shape = _citizen_shape(reader, callback)
        return shape.model_copy(update={"expected_minutes": _minutes(reader, callback)})
    staff = signed_in(reader.session, reader.house, token_of(request))
    require_role(staff.signed_in, WATCHERS)
    return callback_shape(staff, find_callback(staff.session, callback_id))


@router.delete("/{callback_id}")
def delete_callback(
    callback_id: str, request: Request, writer: WriteByAnyone, token: Token = None
) -> CitizenCallback:
    """Cancels a request that has not been kept; cancelling again changes nothing."""
    require_own_origin(request)
    if token is not None:
        callback = callbacks.find_by_token(writer.session, callback_id, token)
    else:
        staff = signed_in(writer.session, writer.house, token_of(request))
        require_role(staff.signed_in, WATCHERS)
        callback = find_callback(writer.session, callback_id)
        audit(writer.session, writer.house, staff.signed_in, "callback.cancelled", callback.id)
    callbacks.cancel(writer.session, writer.house, callback)
    return _citizen_shape(writer, callback)


def _check(body: Wish, house: House) -> None:
    """Checks what the service takes as given.

    Raises:
        InvalidInput: Consent is missing, or number, language, topic or window cannot be used.
    """
    if not body.consent:
        raise InvalidInput("Nothing is stored without consent to the privacy notice.")
    number = normalise_number(body.number)
    if not (_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number)):
        raise InvalidInput(
            "Write a mobile number with 11 digits, or a landline with its area code."
        )
    if body.language not in house.settings.languages:
        raise InvalidInput(f"language must be one of {', '.join(house.settings.languages)}.")
    if body.topic is not None and body.topic not in TOPICS:
        raise InvalidInput(f"topic must be one of {', '.join(TOPICS)}, or left out.")
    if (body.window_from is None) != (body.window_to is None):
        raise InvalidInput("A window has a beginning and an end.")


def _limit_address(request: Request, *, now: datetime) -> None:
    limit = request.app.state.callback_addresses
    if not isinstance(limit, AddressLimit):
        raise AssertionError("the API was mounted without its limit")
    limit.take(request.client.host if request.client else "", now=now)


def _citizen_shape(reader: Reader, callback: Callback) -> CitizenCallback:
    house = reader.house
    caller = reader.session.get_one(Caller, callback.caller_id)
    expected = callback.next_attempt_at if callback.state == CallbackState.WAITING else None
    return CitizenCallback(
        id=callback.id,
        state=callback.state,
        number=mask_number(number_of(house, caller)),
        language=callback.language,
        topic=callback.topic,
        window_from=callback.window_from,
        window_to=callback.window_to,
        created_at=callback.created_at,
        expected_from=expected,
        expected_text=_expected_text(house, callback.state, expected),
        attempts=callback.attempts,
    )


def _minutes(reader: Reader, callback: Callback) -> tuple[int, int] | None:
    """From and to how many minutes from now the call is expected, once it is due."""
    entry = entry_of(reader.session, callback)
    if callback.state != CallbackState.WAITING or entry is None:
        return None
    standing = forecasts.look(reader.session, reader.house).get(entry.id)
    if standing is None or standing.forecast is None:
        return None
    low, high = standing.forecast.low, standing.forecast.high
    return max(1, int(low // 60)), max(2, math.ceil(high / 60))


def _expected_text(house: House, state: str, expected: datetime | None) -> str:
    """When to expect the call, for a person; the page may say it in another language."""
    if expected is None:
        return _ENDED.get(state, "")
    if expected <= house.clock.now():
        return "律师一有空就给您回电，请留意来电。"
    local = expected.astimezone(house.settings.zone)
    return f"我们会在{local.month}月{local.day}日{local:%H:%M}之后给您回电，请留意来电。"


_ENDED = {
    CallbackState.DIALLING.value: "正在给您拨打，请接听。",
    CallbackState.CONNECTED.value: "已经给您回过电。",
    CallbackState.CANCELLED.value: "已取消，不会再给您回电。",
    CallbackState.EXHAUSTED.value: "几次都没有打通。您可以再登记，或直接拨打12348。",
    CallbackState.SUPERSEDED.value: "您已经打通了热线，不再另外回电。",
}
