"""An institution may carry the economic-hardship limit of its place, with year and source."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("institutions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("means_limit_fen", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("means_limit_year", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("means_limit_source", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("institutions", schema=None) as batch_op:
        batch_op.drop_column("means_limit_source")
        batch_op.drop_column("means_limit_year")
        batch_op.drop_column("means_limit_fen")
