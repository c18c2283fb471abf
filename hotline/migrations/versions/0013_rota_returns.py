"""Swaps may give a seat in return."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rota_swaps", schema=None) as batch_op:
        batch_op.add_column(sa.Column("return_seat_id", sa.String(), nullable=True))
        batch_op.create_foreign_key(
            "fk_rota_swaps_return_seat_id", "rota_seats", ["return_seat_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("rota_swaps", schema=None) as batch_op:
        batch_op.drop_constraint("fk_rota_swaps_return_seat_id", type_="foreignkey")
        batch_op.drop_column("return_seat_id")
