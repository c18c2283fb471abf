"""What was noticed in transcripts, words to be searched, and how calls were judged."""

import sqlalchemy as sa
from alembic import op

import hotline.database

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "insights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", hotline.database.Moment(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("acknowledged_at", hotline.database.Moment(timezone=True), nullable=True),
        sa.Column("created_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["users.id"]),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"]),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("segment_id", "kind", "key", "value", name="noticed_once_per_segment"),
    )
    with op.batch_alter_table("insights", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_insights_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_insights_segment_id"), ["segment_id"], unique=False)

    op.create_table(
        "progress",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "quality_checks",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("lawyer_id", sa.String(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("has_passed", sa.Boolean(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("sample", sa.String(), nullable=True),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("checked_at", hotline.database.Moment(timezone=True), nullable=False),
        sa.Column("human_score", sa.Integer(), nullable=True),
        sa.Column("human_passed", sa.Boolean(), nullable=True),
        sa.Column("human_note", sa.String(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("reviewed_at", hotline.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"]),
        sa.ForeignKeyConstraint(["lawyer_id"], ["users.id"]),
        sa.ForeignKeyConstraint(["reviewed_by"], ["users.id"]),
        sa.PrimaryKeyConstraint("call_id"),
    )
    with op.batch_alter_table("quality_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quality_checks_checked_at"), ["checked_at"])
        batch_op.create_index(batch_op.f("ix_quality_checks_lawyer_id"), ["lawyer_id"])
        batch_op.create_index(batch_op.f("ix_quality_checks_sample"), ["sample"])

    # The index of words is the database's own kind (hotline.transcripts.word_index); a segment that
    # is deleted takes its words along.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE segment_words USING fts5(words, tokenize='unicode61')")
        op.execute(
            "CREATE TRIGGER segment_words_forgotten AFTER DELETE ON segments BEGIN "
            "DELETE FROM segment_words WHERE rowid = old.id; END"
        )
    else:
        op.execute(
            "CREATE TABLE segment_words (segment_id integer PRIMARY KEY "
            "REFERENCES segments (id) ON DELETE CASCADE, words tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX segment_words_words ON segment_words USING gin (words)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER segment_words_forgotten")
    op.execute("DROP TABLE segment_words")
    op.drop_table("quality_checks")
    op.drop_table("progress")
    op.drop_table("insights")
