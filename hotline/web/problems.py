"""Errors as answers: one table from error class to status, RFC 9457 as the form.

`detail` is the error's own sentence; `code` is a stable word that faces translate by.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hotline.errors import (
    Conflict,
    HotlineError,
    InvalidInput,
    NotAllowed,
    NotConfigured,
    NotFound,
    NotSignedIn,
    TooMany,
)

MEDIA_TYPE = "application/problem+json"

_STATUS: tuple[tuple[type[HotlineError], int, str], ...] = (
    (NotSignedIn, 401, "not_signed_in"),
    (NotAllowed, 403, "not_allowed"),
    (NotFound, 404, "not_found"),
    (Conflict, 409, "conflict"),
    (InvalidInput, 422, "invalid_input"),
    (TooMany, 429, "too_many"),
    (NotConfigured, 503, "not_configured"),
)


class ConflictWith(Conflict):
    """A conflict that shows the present state, so that nothing typed is lost.

    Attributes:
        current: The thing as it is now, ready for JSON.
    """

    def __init__(self, message: str, *, current: Mapping[str, object]) -> None:
        super().__init__(message)
        self.current = current


def status_of(error: HotlineError) -> tuple[int, str]:
    """The HTTP status and the code of an error."""
    for class_, status, code in _STATUS:
        if isinstance(error, class_):
            return status, code
    return 500, "internal"


def problem(
    status: int,
    *,
    code: str,
    detail: str,
    request_id: str = "",
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> JSONResponse:
    """An answer in the form of RFC 9457."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_id,
        **more,
    }
    return JSONResponse(body, status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Lets the application answer every expected error as a problem."""
    app.add_exception_handler(HotlineError, _hotline_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)


def request_id_of(request: Request) -> str:
    """The id that the guard gave this request."""
    return str(getattr(request.state, "request_id", ""))


async def _hotline_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HotlineError):
        raise error
    status, code = status_of(error)
    headers: dict[str, str] = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        status,
        code=code,
        detail=str(error),
        request_id=request_id_of(request),
        headers=headers,
        **_more(error),
    )


def _more(error: HotlineError) -> dict[str, object]:
    """What a page needs besides the sentence."""
    if isinstance(error, ConflictWith):
        return {"current": error.current}
    if isinstance(error, Conflict) and error.reason is not None:
        return {"reason": error.reason}
    if isinstance(error, InvalidInput) and error.fields:
        errors = [{"field": field, "message": message} for field, message in error.fields]
        return {"errors": errors}
    return {}


def http_problem(error: HTTPException, *, request_id: str) -> JSONResponse:
    """The answer to an error of HTTP's own."""
    return problem(
        error.status_code,
        code="too_large" if error.status_code == 413 else _phrase(error.status_code),
        detail=str(error.detail),
        request_id=request_id,
        headers=error.headers,
    )


def _phrase(status: int) -> str:
    return HTTPStatus(status).name.lower()


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return http_problem(error, request_id=request_id_of(request))


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    """Says which fields cannot be used; what was sent is not repeated, it may be personal."""
    if not isinstance(error, RequestValidationError):
        raise error
    fields = _fields(error.errors())
    return problem(
        422,
        code="invalid_input",
        detail="; ".join(f"{field['field']}: {field['message']}" for field in fields),
        request_id=request_id_of(request),
        errors=fields,
    )


def _fields(errors: Sequence[Mapping[str, object]]) -> list[dict[str, str]]:
    fields = []
    for error in errors:
        place = error.get("loc", ())
        names = [str(part) for part in place] if isinstance(place, tuple) else []
        # The first part only says body, query or path.
        field = ".".join(names[1:]) or "body"
        fields.append({"field": field, "message": str(error.get("msg", ""))})
    return fields
