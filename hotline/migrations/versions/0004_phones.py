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
    op.create_table(
        "phone_bindings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("sip_call_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("expires_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("phone_bindings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_bindings_node"), ["node"], unique=False)


def downgrade() -> None:
    op.drop_table("phone_bindings")
    op.drop_table("phone_credentials")
