"""Messages on call-backs; why and by whom a lawyer's next state was chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("message_id", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_callbacks_message_id"), ["message_id"], unique=False)

    with op.batch_alter_table("lawyers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("next_reason", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("next_by", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("lawyers", schema=None) as batch_op:
        batch_op.drop_column("next_by")
        batch_op.drop_column("next_reason")

    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_callbacks_message_id"))
        batch_op.drop_column("message_id")
