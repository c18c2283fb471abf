"""A side of a call may be heard for an answer that is kept nowhere."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("speech_streams", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("purpose", sa.String(), server_default="transcript", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("speech_streams", schema=None) as batch_op:
        batch_op.drop_column("purpose")
