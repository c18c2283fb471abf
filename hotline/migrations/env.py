"""Alembic's entry: upgrades with the engine it is handed, one upgrader at a time."""

from alembic import context
from sqlmodel import SQLModel

import hotline.tables  # noqa: F401 - fills the metadata

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    # One transaction writes at a time: a second upgrader waits, then finds all done.
    context.configure(
        connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
