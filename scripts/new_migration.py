"""Writes a migration from tables minus migrations: python scripts/new_migration.py "what"."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from hotline.database import Database

with tempfile.TemporaryDirectory() as directory:
    database = Database(f"sqlite:///{directory}/draft.db")
    database.migrate()
    config = Config()
    config.set_main_option(
        "script_location", str(Path(__file__).parent.parent / "hotline/migrations")
    )
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["engine"] = database.engine
    command.revision(config, message=sys.argv[1], autogenerate=True)
