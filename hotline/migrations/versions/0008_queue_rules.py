"""Queue rules: skill levels, sticky lawyers, overflow, what came of offers."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("lawyers", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("language_levels", sa.JSON(), server_default="{}", nullable=False)
        )
        batch_op.add_column(
            sa.Column("topic_levels", sa.JSON(), server_default="{}", nullable=False)
        )

    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("needs_interpreter", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("queue_entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sticky_lawyer_id", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("overflow_step", sa.Integer(), server_default="0", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("queue_entries", schema=None) as batch_op:
        batch_op.drop_column("overflow_step")
        batch_op.drop_column("sticky_lawyer_id")

    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_column("needs_interpreter")
        batch_op.drop_column("note")

    with op.batch_alter_table("lawyers", schema=None) as batch_op:
        batch_op.drop_column("topic_levels")
        batch_op.drop_column("language_levels")
