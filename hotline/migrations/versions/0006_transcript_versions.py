"""What the engine wrote, words with times, a second pass, and languages that change in a call."""

import sqlalchemy as sa
from alembic import op

import hotline.database

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("segments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("raw", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("words", sa.JSON(), nullable=True))

    with op.batch_alter_table("speech_streams", schema=None) as batch_op:
        batch_op.add_column(sa.Column("languages", sa.JSON(), nullable=True))

    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("second_pass_at", hotline.database.Moment(timezone=True), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.drop_column("second_pass_at")

    with op.batch_alter_table("speech_streams", schema=None) as batch_op:
        batch_op.drop_column("languages")

    with op.batch_alter_table("segments", schema=None) as batch_op:
        batch_op.drop_column("words")
        batch_op.drop_column("raw")
