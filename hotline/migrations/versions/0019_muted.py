"""Who is muted in a talk is kept, so that pages can show it."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# In SQL: a batch makes a table anew for a default that is no string, or to drop a column, and with
# SQLite rows that refer to the table forbid that.
_COLUMNS = (("calls", "is_lawyer_muted"), ("call_parties", "is_muted"))


def upgrade() -> None:
    for table, column in _COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} BOOLEAN DEFAULT FALSE NOT NULL")


def downgrade() -> None:
    for table, column in _COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
