"""Development's keys and sign-in codes."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEYS = """
CREATE TABLE signing_keys (
    purpose     text CONSTRAINT signing_keys_pkey PRIMARY KEY,
    private_key text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
)
"""

CODES = """
CREATE TABLE sign_in_codes (
    code_hash      text CONSTRAINT sign_in_codes_pkey PRIMARY KEY,
    person_id      uuid NOT NULL CONSTRAINT sign_in_codes_person_id_fkey REFERENCES people (id),
    client_id      text NOT NULL,
    redirect_uri   text NOT NULL,
    code_challenge text NOT NULL,
    nonce          text,
    expires_at     timestamptz NOT NULL
)
"""
TABLES = {"signing_keys": KEYS, "sign_in_codes": CODES}


def upgrade() -> None:
    """Create them."""
    for statement in TABLES.values():
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
