"""Routes whose transaction ends where they end.

FastAPI opens and closes what a route depends on in other threads than the route's own, and goes
through the event loop in between. A writer that waits there for its turn keeps the whole hotline
from writing: 77 ms of a busy quarter of a minute, of which the route's own work was the smallest
part (`benchmarks.queue_live`, 2026-11-22).
"""

import inspect
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from hotline.database import transaction
from hotline.views.reader import Reader


class Router(APIRouter):
    """A router whose routes commit before they are left, in the thread that they ran in."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(route_class=_Route, **settings)


class _Route(APIRoute):
    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:
        super().__init__(path, _committing(endpoint), **settings)


def _committing(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The route, with its readers' transactions ended by it; again is as once."""
    if inspect.iscoroutinefunction(endpoint) or hasattr(endpoint, "__wrapped__"):
        return endpoint

    @wraps(endpoint)
    def run(*given: Any, **named: Any) -> Any:
        with ExitStack() as ends:
            for value in named.values():
                if isinstance(value, Reader):
                    ends.enter_context(transaction(value.session))
            return endpoint(*given, **named)

    return run
