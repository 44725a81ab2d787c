"""A certificate kept while its late renewal is decided; why and by which decision one was revoked."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ONE_AT_A_TIME = """
ALTER TABLE certificates ADD CONSTRAINT certificates_one_at_a_time EXCLUDE USING gist
    (product_id WITH =, daterange(issued_on, {until}) WITH &&)
"""


def upgrade() -> None:
    """Add the columns; two certificates of a product do not hold on one day, grace counted in."""
    op.execute(
        "ALTER TABLE certificates ADD COLUMN kept_to date, ADD COLUMN kept_for uuid,"
        " ADD COLUMN ended_words text, ADD COLUMN ended_decision text"
    )
    op.execute(
        "ALTER TABLE certificates ADD CONSTRAINT certificates_kept_check"
        " CHECK ((kept_to IS NULL) = (kept_for IS NULL) AND kept_to >= valid_to)"
    )
    op.execute("ALTER TABLE certificates DROP CONSTRAINT certificates_one_at_a_time")
    op.execute(ONE_AT_A_TIME.format(until="LEAST(GREATEST(valid_to, kept_to) + 1, ended_on)"))


def downgrade() -> None:
    """Drop them."""
    op.execute("ALTER TABLE certificates DROP CONSTRAINT certificates_one_at_a_time")
    op.execute("ALTER TABLE certificates DROP CONSTRAINT certificates_kept_check")
    for column in ("kept_to", "kept_for", "ended_words", "ended_decision"):
        op.execute(f"ALTER TABLE certificates DROP COLUMN {column}")
    op.execute(ONE_AT_A_TIME.format(until="LEAST(valid_to + 1, ended_on)"))
