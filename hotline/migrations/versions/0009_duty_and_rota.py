"""Who set a lawyer's state, extensions of wrap-up, and the rota."""

import sqlalchemy as sa
from alembic import op

import hotline.database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("lawyers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state_by", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("wrap_up_extensions", sa.Integer(), server_default="0", nullable=False)
        )

    op.create_table(
        "rota_shifts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("starts_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.Column("ends_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.Column("created_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("rota_shifts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rota_shifts_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_rota_shifts_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "rota_seats",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("shift_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("lawyer_id", sa.String(), nullable=True),
        sa.Column("assigned_at", hotline.database.Moment(timezone=True), nullable=True),
        sa.Column("assigned_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["assigned_by"], ["users.id"]),
        sa.ForeignKeyConstraint(["lawyer_id"], ["users.id"]),
        sa.ForeignKeyConstraint(["shift_id"], ["rota_shifts.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("rota_seats", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rota_seats_lawyer_id"), ["lawyer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rota_seats_shift_id"), ["shift_id"], unique=False)

    op.create_table(
        "rota_swaps",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("seat_id", sa.String(), nullable=False),
        sa.Column("from_id", sa.String(), nullable=False),
        sa.Column("to_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("asked_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.Column("answered_at", hotline.database.Moment(timezone=True), nullable=True),
        sa.Column("decided_at", hotline.database.Moment(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"]),
        sa.ForeignKeyConstraint(["from_id"], ["users.id"]),
        sa.ForeignKeyConstraint(["seat_id"], ["rota_seats.id"]),
        sa.ForeignKeyConstraint(["to_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("rota_swaps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rota_swaps_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rota_swaps_seat_id"), ["seat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rota_swaps_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_rota_swaps_to_id"), ["to_id"], unique=False)


def downgrade() -> None:
    op.drop_table("rota_swaps")
    op.drop_table("rota_seats")
    op.drop_table("rota_shifts")

    with op.batch_alter_table("lawyers", schema=None) as batch_op:
        batch_op.drop_column("wrap_up_extensions")
        batch_op.drop_column("state_by")
