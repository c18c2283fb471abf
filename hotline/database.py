"""The database: one engine per process, one transaction per request, job or command.

SQLite in WAL mode by default, PostgreSQL by URL; on both one transaction writes at a time and
readers see a snapshot. Services never commit; `Database.session` does,
once, when its block ends well. Work that must wait for the commit (the bus, jobs) is handed to
`after_commit`.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, Engine, event, text
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, create_engine

from hotline.errors import NotConfigured
from hotline.writers import Turn, Turns

log = logging.getLogger(__name__)

# A writer holds the lock for one small transaction. SQLite lets those who wait try again by chance,
# not in turn: on an overladen machine one of six processes was unlucky for more than five seconds.
_BUSY_TIMEOUT_MS = 15_000

# Those who write through `Database.session` come in turn (hotline.writers); who has waited so long
# for each of two locks takes the chance.
_TURN_SECONDS = 3.0

# Any number, as long as everyone uses the same.
_POSTGRESQL_WRITERS_LOCK = 712348

_AFTER_COMMIT = "after_commit"
_TURN = "turn"


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite forgets the zone, so it is put back at the border."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuses naive datetimes, stores UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime must not reach the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Gives the zone back."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Database:
    """One process's way to the database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _create_engine(url)
        path = self.engine.url.database if self.is_sqlite else None
        self._turns = Turns(Path(path)) if path and path != ":memory:" else None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the one-machine database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session whose transaction is committed at the end, or rolled back by an exception."""
        turn = self._turns.turn(timeout_seconds=_TURN_SECONDS) if self._turns else None
        engine = self.engine.execution_options(hotline_turn=turn) if turn else self.engine
        with Session(engine, expire_on_commit=False) as session:
            session.info[_TURN] = turn
            with transaction(session):
                yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that never writes: it takes no write lock and is rolled back at the end."""
        # Closing rolls back; an explicit rollback would expire the rows that are taken along.
        with Session(self.engine.execution_options(hotline_reading=True)) as session:
            yield session

    def migrate(self) -> None:
        """Brings the schema to this version; safe to call from several processes in turn.

        Raises:
            NotConfigured: The database cannot be reached or written.
        """
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["engine"] = self.engine
        try:
            command.upgrade(config, "head")
        except Exception as error:
            raise NotConfigured(
                "The database cannot be opened or migrated "
                f"({error.__class__.__name__}); check HOTLINE_DATABASE_URL and the directory's "
                "owner and free space."
            ) from error

    def ping(self) -> None:
        """Raises whatever the driver raises when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Gives every connection back."""
        self.engine.dispose()


def after_commit(session: Session, work: Callable[[], None]) -> None:
    """Runs `work` once this session's transaction is safely in the database.

    A failure of `work` is logged and does not undo the commit: the bus is a hint.
    """
    session.info.setdefault(_AFTER_COMMIT, []).append(work)


@contextmanager
def transaction(session: Session) -> Iterator[None]:
    """Ends the transaction of `Database.session` with this block, before the session itself ends.

    Everybody else's writing waits for as long as a transaction lasts. A session that only reads is
    left alone.
    """
    if _TURN not in session.info:
        yield
        return
    turn: Turn | None = session.info[_TURN]
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        if turn is not None:
            turn.give_back()
    _run_after_commit(session)


def _run_after_commit(session: Session) -> None:
    for work in session.info.pop(_AFTER_COMMIT, []):
        try:
            work()
        except Exception:
            log.exception("work after a commit failed")


def _create_engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return _create_postgresql_engine(url)
    # Without hide_parameters an exception's text carries the row: names and words in a log.
    engine = create_engine(
        url, connect_args={"timeout": _BUSY_TIMEOUT_MS / 1000}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself, or BEGIN IMMEDIATE comes too late.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # NORMAL survives kill -9; the last transactions may be lost only when the power fails.
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A transaction that reads first and writes later fails at once under WAL when another
        # writer came between (SQLITE_BUSY_SNAPSHOT, no waiting); IMMEDIATE waits its turn.
        options = connection.get_execution_options()
        is_reading = options.get("hotline_reading", False)
        turn: Turn | None = options.get("hotline_turn")
        if turn is not None:
            turn.take()
        connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")

    return engine


def _create_postgresql_engine(url: str) -> Engine:
    """PostgreSQL with the promises of SQLite: one writer at a time, readers on a snapshot.

    Every rule of the house reads, decides and writes in one transaction. Writers that queue keep
    them right without a lock for each rule, and give events numbers in the order of commits
    (PostgreSQL hands sequence numbers out before). A hotline's writes are few and small.
    """
    engine = create_engine(
        url, pool_pre_ping=True, pool_size=5, max_overflow=10, hide_parameters=True
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if connection.get_execution_options().get("hotline_reading", False):
            # A console's snapshot and its sequence number must be of the same moment.
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_BUSY_TIMEOUT_MS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRESQL_WRITERS_LOCK})")

    return engine
