"""Callers' rights: refused recordings, what is known of callers, ticket numbers, text messages."""

import sqlalchemy as sa
from alembic import op

import hotline.database

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("caller_id", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.Column("next_attempt_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.Column("sent_at", hotline.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"]),
        sa.ForeignKeyConstraint(["caller_id"], ["callers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        for name in ("call_id", "caller_id", "next_attempt_at", "state"):
            batch_op.create_index(batch_op.f(f"ix_messages_{name}"), [name], unique=False)

    with op.batch_alter_table("callers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("born_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("groups", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("recording_refused_at", hotline.database.Moment(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("recording_refused_by", sa.String(), nullable=True))

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_tickets_number"), ["number"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tickets_number"))
        batch_op.drop_column("number")

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_column("recording_refused_by")
        batch_op.drop_column("recording_refused_at")

    with op.batch_alter_table("callers", schema=None) as batch_op:
        batch_op.drop_column("groups")
        batch_op.drop_column("born_sealed")

    op.drop_table("messages")
