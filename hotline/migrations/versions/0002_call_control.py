"""Call control: third parties, supervisors, pauses, the directory, lawyers' telephones."""

import sqlalchemy as sa
from alembic import op

import hotline.database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transfer_targets",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("transfer_targets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_targets_kind"), ["kind"], unique=False)

    op.create_table(
        "lawyer_telephones",
        sa.Column("lawyer_id", sa.String(), nullable=False),
        sa.Column("medium", sa.String(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lawyer_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("lawyer_id"),
    )
    op.create_table(
        "call_parties",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("target_id", sa.String(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("created_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.Column("answered_at", hotline.database.Moment(timezone=True), nullable=True),
        sa.Column("closed_at", hotline.database.Moment(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("call_parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_parties_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_parties_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_parties_user_id"), ["user_id"], unique=False)

    op.create_table(
        "recording_pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("paused_by", sa.String(), nullable=False),
        sa.Column("paused_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.Column("resumed_by", sa.String(), nullable=True),
        sa.Column("resumed_at", hotline.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("recording_pauses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recording_pauses_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_recording_pauses_recording_id"), ["recording_id"], unique=False
        )

    with op.batch_alter_table("legs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(), server_default="lawyer", nullable=False))
        batch_op.add_column(
            sa.Column(
                "medium",
                sa.String(),
                server_default="browser",
                nullable=False,
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("legs", schema=None) as batch_op:
        batch_op.drop_column("medium")
        batch_op.drop_column("role")

    with op.batch_alter_table("recording_pauses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recording_pauses_recording_id"))
        batch_op.drop_index(batch_op.f("ix_recording_pauses_call_id"))

    op.drop_table("recording_pauses")
    with op.batch_alter_table("call_parties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_parties_user_id"))
        batch_op.drop_index(batch_op.f("ix_call_parties_state"))
        batch_op.drop_index(batch_op.f("ix_call_parties_call_id"))

    op.drop_table("call_parties")
    op.drop_table("lawyer_telephones")
    with op.batch_alter_table("transfer_targets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfer_targets_kind"))

    op.drop_table("transfer_targets")
