"""What callers were told of their wait; where a wish to be called back came from."""

import sqlalchemy as sa
from alembic import op

import hotline.database

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INDEXED = ("call_id", "entry_id", "made_at", "outcome")


def upgrade() -> None:
    op.create_table(
        "forecasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=True),
        sa.Column("made_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.Column("ahead", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("wait_class", sa.String(), nullable=False),
        sa.Column("low_seconds", sa.Float(), nullable=False),
        sa.Column("high_seconds", sa.Float(), nullable=True),
        sa.Column("median_seconds", sa.Float(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("waited_seconds", sa.Float(), nullable=True),
        sa.Column("settled_at", hotline.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"]),
        sa.ForeignKeyConstraint(["entry_id"], ["queue_entries.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("forecasts", schema=None) as batch_op:
        for column in _INDEXED:
            batch_op.create_index(batch_op.f(f"ix_forecasts_{column}"), [column], unique=False)

    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("call_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("closed_reason", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_callbacks_call_id"), ["call_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_callbacks_call_id"))
        batch_op.drop_column("closed_reason")
        batch_op.drop_column("call_id")

    with op.batch_alter_table("forecasts", schema=None) as batch_op:
        for column in _INDEXED:
            batch_op.drop_index(batch_op.f(f"ix_forecasts_{column}"))

    op.drop_table("forecasts")
