"""The application: guard, errors, probes, and whatever the edges mount."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import EntryPoint, entry_points, version

from fastapi import FastAPI

from hotline.house import House
from hotline.web.guard import Guard
from hotline.web.probes import probes
from hotline.web.problems import install

log = logging.getLogger(__name__)

FACES = "hotline.web"

Mount = Callable[[FastAPI, House], None]
Life = Callable[[], AbstractAsyncContextManager[None]]


def create_app(house: House, *, mounts: Sequence[Mount] | None = None) -> FastAPI:
    """Makes the application.

    Args:
        house: The process's house.
        mounts: What hangs its routes in; the installed faces (entry points ``hotline.web``) if not
            given. A mount may add to `app.state.lives`: contexts that last as long as the process,
            and to `app.state.uploads`: addresses that take files (see hotline.web.guard).
    """
    app = FastAPI(
        title="12348 legal-aid hotline",
        version=version("legal-hotline"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=_lifespan,
    )
    app.state.house = house
    app.state.lives = []
    app.state.uploads = {}
    app.add_middleware(Guard, settings=house.settings)
    install(app)
    app.include_router(probes(house))
    for mount in mounts if mounts is not None else installed_faces():
        mount(app, house)
    return app


def installed_faces() -> list[Mount]:
    """The faces that are installed, by name: the console comes last and takes what is left."""
    points: list[EntryPoint] = sorted(entry_points(group=FACES), key=lambda point: point.name)
    return [point.load() for point in points]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for life in app.state.lives:
            await stack.enter_async_context(life())
        yield
