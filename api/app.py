"""The API's face: hangs every subject's routes into the web application."""

from functools import cache

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from starlette.routing import BaseRoute

from api import (
    announcements,
    callbacks,
    calls,
    configuration,
    control,
    directory,
    docs,
    flows,
    hours,
    insights,
    institutions,
    intakes,
    invitations,
    lawyers,
    offers,
    prompts,
    quality,
    queue,
    recordings,
    rota,
    sessions,
    speech,
    summary,
    supervision,
    tickets,
    transcripts,
    users,
)
from api.limits import AddressLimit
from hotline.errors import NotFound
from hotline.house import House

_PREFIX = "/api/v1"

_SUBJECTS = (
    rota,
    sessions,
    users,
    lawyers,
    queue,
    offers,
    invitations,
    calls,
    configuration,
    control,
    supervision,
    directory,
    flows,
    hours,
    prompts,
    announcements,
    tickets,
    intakes,
    callbacks,
    recordings,
    institutions,
    insights,
    speech,
    transcripts,
    quality,
    summary,
)


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Every address of the API; what they need they find in the application of the request."""
    routes = APIRouter(prefix=_PREFIX)
    for subject in _SUBJECTS:
        routes.include_router(subject.router)
    return tuple(routes.routes)


def mount(app: FastAPI, house: House) -> None:
    """Hangs the API in (entry point ``hotline.web``)."""
    del house
    # Mobile carriers put thousands behind one address, so a burst is let through.
    app.state.callback_addresses = AddressLimit(burst=30, seconds_per_token=20.0)
    app.state.uploads[f"{_PREFIX}/prompts/"] = prompts.MOST_BYTES
    # Not `include_router`, which would work out every address anew for each application.
    app.router.routes.extend(_routes())

    @app.get("/api/docs", include_in_schema=False)
    def get_docs() -> HTMLResponse:
        return HTMLResponse(docs.page(app.openapi()))

    @app.api_route(
        "/api/{rest:path}",
        methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        include_in_schema=False,
    )
    def nowhere(rest: str) -> None:
        """Without this, the console would answer unknown API addresses with its page."""
        raise NotFound(f"There is no address /api/{rest}.")
