"""Who is muted in a talk is kept, so that pages can show it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_lawyer_muted", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("call_parties", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_muted", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    # A batch would make the tables anew, which rows that refer to them forbid.
    op.execute("ALTER TABLE call_parties DROP COLUMN is_muted")
    op.execute("ALTER TABLE calls DROP COLUMN is_lawyer_muted")
