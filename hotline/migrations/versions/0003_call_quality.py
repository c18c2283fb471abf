"""How well the caller's audio came in, with each call."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("packets_received", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("packets_lost", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("frames_late", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("jitter_ms", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("rtt_ms", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("mos", sa.Float(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_column("mos")
        batch_op.drop_column("rtt_ms")
        batch_op.drop_column("jitter_ms")
        batch_op.drop_column("frames_late")
        batch_op.drop_column("packets_lost")
        batch_op.drop_column("packets_received")
