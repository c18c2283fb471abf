"""SIP phones of lawyers that register with us."""

import sqlalchemy as sa
from alembic import op

import hotline.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phone_credentials",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("md5_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sha256_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )


def downgrade() -> None:
    op.drop_table("phone_credentials")
