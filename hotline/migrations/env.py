"""Alembic's entry: upgrades with the engine it is handed, one upgrader at a time."""

from alembic import context
from sqlmodel import SQLModel

import hotline.tables  # noqa: F401 - fills the metadata


def _is_described(name: str | None, type_: str, _parents: object) -> bool:
    """Whether the metadata knows the table: the index of words is the database's own kind."""
    return type_ != "table" or not (name or "").startswith("segment_words")


engine = context.config.attributes["engine"]
with engine.connect() as connection:
    # One transaction writes at a time: a second upgrader waits, then finds all done.
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        include_name=_is_described,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
