"""Receipts, approval of templates, provider tokens, costs, test mode."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UP = """
    ALTER TABLE channels ADD COLUMN offered boolean NOT NULL DEFAULT true;
    ALTER TABLE channels ADD COLUMN price integer NOT NULL DEFAULT 0 CHECK (price >= 0);
    ALTER TABLE channels ADD COLUMN guard_seconds integer NOT NULL DEFAULT 0;
    ALTER TABLE channels ADD COLUMN delivered_within_seconds integer;
    ALTER TABLE channels ADD COLUMN approval_days integer NOT NULL DEFAULT 0;

    ALTER TABLE notice_templates ADD COLUMN fields jsonb NOT NULL DEFAULT '{}';
    ALTER TABLE notice_templates ADD COLUMN state text NOT NULL DEFAULT 'approved';
    ALTER TABLE notice_templates ALTER COLUMN state SET DEFAULT 'draft';
    ALTER TABLE notice_templates ADD CONSTRAINT notice_templates_state_check
        CHECK (state IN ('draft', 'submitted', 'approved', 'rejected'));
    ALTER TABLE notice_templates ADD COLUMN provider_template text;
    ALTER TABLE notice_templates ADD COLUMN submitted_at timestamptz;
    ALTER TABLE notice_templates ADD COLUMN decided_at timestamptz;
    ALTER TABLE notice_templates ADD COLUMN decision_note text;

    ALTER TABLE notices ADD COLUMN segments smallint;
    ALTER TABLE notices ADD COLUMN cost integer;
    ALTER TABLE notices ADD COLUMN uncertain_at timestamptz;
    ALTER TABLE notices ADD COLUMN alerted_at timestamptz;
    ALTER TABLE notices ADD COLUMN replays smallint NOT NULL DEFAULT 0;
    CREATE INDEX notices_undelivered ON notices (channel, claimed_at)
        WHERE state = 'sent' AND NOT followed AND fallbacks <> '{}';

    CREATE TABLE receipts (
        id          uuid PRIMARY KEY,
        created_at  timestamptz NOT NULL DEFAULT now(),
        notice_id   uuid NOT NULL REFERENCES notices (id) ON DELETE CASCADE,
        outcome     text NOT NULL CHECK (outcome IN ('delivered', 'undelivered')),
        reason      text NOT NULL,
        dead        boolean NOT NULL,
        applied     boolean NOT NULL DEFAULT false,
        CONSTRAINT receipts_notice_id_outcome_key UNIQUE (notice_id, outcome)
    );
    CREATE INDEX receipts_to_apply ON receipts (notice_id) WHERE NOT applied;

    CREATE TABLE provider_tokens (
        channel     text PRIMARY KEY REFERENCES channels (code),
        sealed      bytea NOT NULL,
        seed_digest text NOT NULL,
        expires_at  timestamptz NOT NULL,
        renewed_at  timestamptz NOT NULL
    );

    CREATE TABLE test_modes (
        one        boolean PRIMARY KEY DEFAULT true CHECK (one),
        enabled    boolean NOT NULL,
        people     uuid[] NOT NULL
    );
    INSERT INTO test_modes (enabled, people) VALUES (false, '{}')
"""

DOWN = """
    DROP TABLE test_modes;
    DROP TABLE provider_tokens;
    DROP TABLE receipts;
    DROP INDEX notices_undelivered;
    ALTER TABLE notices DROP COLUMN replays, DROP COLUMN alerted_at, DROP COLUMN uncertain_at, DROP COLUMN cost,
        DROP COLUMN segments;
    ALTER TABLE notice_templates DROP COLUMN decision_note, DROP COLUMN decided_at, DROP COLUMN submitted_at,
        DROP COLUMN provider_template, DROP COLUMN state, DROP COLUMN fields;
    ALTER TABLE channels DROP COLUMN approval_days, DROP COLUMN delivered_within_seconds, DROP COLUMN guard_seconds,
        DROP COLUMN price, DROP COLUMN offered
"""


def upgrade() -> None:
    """What providers answer, and what they must approve, is kept."""
    for statement in UP.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    """As before; nothing that was told is lost but the receipts."""
    for statement in DOWN.split(";\n"):
        op.execute(statement)
