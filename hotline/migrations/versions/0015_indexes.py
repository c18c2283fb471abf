"""What is looked for again and again is found without reading whole tables.

Who called before, today's places in the queue, talks that are not judged yet, dangers of the last
day: these tables grow for years.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INDEXED = (
    ("queue_entries", "caller_id"),
    ("queue_entries", "entered_at"),
    ("calls", "ended_at"),
    ("insights", "created_at"),
)


def upgrade() -> None:
    for table, column in _INDEXED:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def downgrade() -> None:
    for table, column in _INDEXED:
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
