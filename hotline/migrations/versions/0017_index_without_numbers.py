"""The index of words held parts of numbers; it is emptied, and filled again while the hotline runs.

`hotline.transcripts.search.renew` goes on from the row in `progress` until it is done. Another row
says up to which event nobody noted that callers heard the recording notice, so that earlier calls
are not judged for it (hotline.quality.gathering).
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # Of years of words, dropping them is a matter of moments and deleting them one of minutes.
        op.execute("DROP TABLE segment_words")
        op.execute("CREATE VIRTUAL TABLE segment_words USING fts5(words, tokenize='unicode61')")
    else:
        op.execute("TRUNCATE segment_words")
    op.execute(
        "INSERT INTO progress (name, position) "
        "SELECT 'word_index', 0 WHERE EXISTS (SELECT 1 FROM segments)"
    )
    op.execute(
        "INSERT INTO progress (name, position) "
        "SELECT 'unnoted_notices', seq FROM events ORDER BY seq DESC LIMIT 1"
    )


def downgrade() -> None:
    op.execute("DELETE FROM progress WHERE name IN ('word_index', 'unnoted_notices')")
