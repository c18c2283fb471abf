"""What administrators set over the API, in versions."""

import sqlalchemy as sa
from alembic import op

import hotline.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "configuration_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changed_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "version", name="one_row_per_version"),
    )
    with op.batch_alter_table("configuration_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_configuration_versions_kind"), ["kind"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("configuration_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_configuration_versions_kind"))

    op.drop_table("configuration_versions")
