"""Webhooks, push devices, formal notices, the inbox as a stream."""

import re

from alembic import op
from sqlalchemy import text

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WEBHOOKS = """
    CREATE TABLE webhook_endpoints (
        id               uuid PRIMARY KEY,
        created_at       timestamptz NOT NULL DEFAULT now(),
        updated_at       timestamptz NOT NULL DEFAULT now(),
        version          integer NOT NULL,
        number           smallint NOT NULL GENERATED ALWAYS AS IDENTITY,
        owner_id         uuid NOT NULL,
        owner_name       text NOT NULL,
        unit_code        text NOT NULL,
        name             text NOT NULL,
        url              text NOT NULL,
        kinds            text[] NOT NULL,
        units            text[],
        state            text NOT NULL CHECK (state IN ('active', 'paused', 'disabled', 'removed')),
        because          text,
        secret           bytea NOT NULL,
        old_secret       bytea,
        old_secret_until timestamptz,
        failures         integer NOT NULL DEFAULT 0,
        failing_since    timestamptz,
        rest_until       timestamptz NOT NULL DEFAULT now(),
        last_success_at  timestamptz,
        disabled_at      timestamptz,
        owner_told_at    timestamptz
    );
    CREATE TABLE webhook_deliveries (
        id           uuid PRIMARY KEY,
        created_at   timestamptz NOT NULL DEFAULT now(),
        endpoint_id  uuid NOT NULL REFERENCES webhook_endpoints (id),
        kind         text NOT NULL,
        payload      jsonb NOT NULL,
        state        text NOT NULL CHECK (state IN ('waiting', 'sending', 'delivered', 'failed', 'cancelled')),
        reason       text,
        attempts     integer NOT NULL DEFAULT 0,
        tries        integer NOT NULL DEFAULT 0,
        redeliveries smallint NOT NULL DEFAULT 0,
        next_try_at  timestamptz NOT NULL DEFAULT now(),
        leased_until timestamptz NOT NULL DEFAULT now(),
        claimed_at   timestamptz,
        give_up_at   timestamptz NOT NULL,
        ended_at     timestamptz
    );
    CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint_id, next_try_at, id)
        WHERE state = 'waiting';
    CREATE INDEX webhook_deliveries_sending ON webhook_deliveries (endpoint_id, claimed_at) WHERE state = 'sending';
    CREATE INDEX webhook_deliveries_endpoint_id ON webhook_deliveries (endpoint_id, id);
    CREATE TABLE webhook_attempts (
        delivery_id  uuid NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
        attempt      integer NOT NULL,
        began_at     timestamptz NOT NULL,
        milliseconds integer NOT NULL,
        status       integer,
        error        text,
        PRIMARY KEY (delivery_id, attempt)
    );
    ALTER TABLE notices ADD COLUMN failure_told boolean NOT NULL DEFAULT false;
    UPDATE notices SET failure_told = true WHERE state = 'failed';
    CREATE INDEX notices_failed_untold ON notices (id) WHERE state = 'failed' AND NOT failure_told
"""
WEBHOOKS_DOWN = """
    DROP INDEX notices_failed_untold;
    ALTER TABLE notices DROP COLUMN failure_told;
    DELETE FROM notices WHERE kind = 'webhook';
    DROP TABLE webhook_attempts;
    DROP TABLE webhook_deliveries;
    DROP TABLE webhook_endpoints
"""
# Numbers are given after commit, by one transaction at a time (`number`): whoever has read up to a number has missed
# nothing before it, however the transactions that wrote the changes overlapped.
INBOX = """
    CREATE TABLE inbox_changes (
        id         bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        created_at timestamptz NOT NULL DEFAULT now(),
        person_id  uuid NOT NULL,
        notice_id  uuid NOT NULL REFERENCES notices (id) ON DELETE CASCADE,
        kind       text NOT NULL CHECK (kind IN ('notice', 'read')),
        position   bigint
    );
    CREATE INDEX inbox_changes_unnumbered ON inbox_changes (id) WHERE position IS NULL;
    CREATE UNIQUE INDEX inbox_changes_position ON inbox_changes (position) WHERE position IS NOT NULL;
    CREATE INDEX inbox_changes_person_id ON inbox_changes (person_id, position);
    CREATE INDEX inbox_changes_notice_id ON inbox_changes (notice_id);
    CREATE TABLE inbox_positions (
        one       boolean PRIMARY KEY DEFAULT true CHECK (one),
        position  bigint NOT NULL,
        forgotten bigint NOT NULL
    );
    INSERT INTO inbox_positions (position, forgotten) VALUES (0, 0)
"""
INBOX_TRIGGERS = (
    """
    CREATE FUNCTION note_inbox_change() RETURNS trigger
        LANGUAGE plpgsql SET search_path FROM CURRENT
    AS $$
    BEGIN
        INSERT INTO inbox_changes (person_id, notice_id, kind) VALUES (NEW.person_id, NEW.id, TG_ARGV[0]);
        PERFORM pg_notify('notifier_inbox', '');  -- once a transaction, however many rows
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE FUNCTION note_inbox_made() RETURNS trigger
        LANGUAGE plpgsql SET search_path FROM CURRENT
    AS $$
    BEGIN
        INSERT INTO inbox_changes (person_id, notice_id, kind)
            SELECT person_id, id, 'notice' FROM made WHERE channel = 'inbox' AND state = 'sent';
        IF FOUND THEN
            PERFORM pg_notify('notifier_inbox', '');
        END IF;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER notices_inbox_made AFTER INSERT ON notices
        REFERENCING NEW TABLE AS made FOR EACH STATEMENT
        EXECUTE FUNCTION note_inbox_made()
    """,
    """
    CREATE TRIGGER notices_inbox_sent AFTER UPDATE OF state ON notices FOR EACH ROW
        WHEN (NEW.channel = 'inbox' AND NEW.state = 'sent' AND OLD.state <> 'sent')
        EXECUTE FUNCTION note_inbox_change('notice')
    """,
    """
    CREATE TRIGGER notices_inbox_read AFTER UPDATE OF read_at ON notices FOR EACH ROW
        WHEN (NEW.channel = 'inbox' AND NEW.read_at IS DISTINCT FROM OLD.read_at)
        EXECUTE FUNCTION note_inbox_change('read')
    """,
)
INBOX_DOWN = """
    DROP TRIGGER notices_inbox_made ON notices;
    DROP TRIGGER notices_inbox_sent ON notices;
    DROP TRIGGER notices_inbox_read ON notices;
    DROP FUNCTION note_inbox_change;
    DROP FUNCTION note_inbox_made;
    DROP TABLE inbox_positions;
    DROP TABLE inbox_changes
"""
PUSH = """
    CREATE TABLE push_devices (
        contact_id   uuid PRIMARY KEY REFERENCES contacts (id) ON DELETE CASCADE,
        created_at   timestamptz NOT NULL DEFAULT now(),
        p256dh       text NOT NULL,
        auth         text NOT NULL,
        last_sent_at timestamptz
    );
    CREATE INDEX contacts_address ON contacts (channel, address) WHERE removed_at IS NULL
"""
PUSH_DOWN = """
    DROP INDEX contacts_address;
    DROP TABLE push_devices
"""
OFFICES = """
    CREATE TABLE eoffice_organisations (
        unit_code    text PRIMARY KEY,
        updated_at   timestamptz NOT NULL DEFAULT now(),
        version      integer NOT NULL,
        organisation text NOT NULL,
        name         text NOT NULL
    );
    CREATE TABLE formal_documents (
        id               uuid PRIMARY KEY,
        created_at       timestamptz NOT NULL DEFAULT now(),
        about_id         uuid NOT NULL,
        due_on           date NOT NULL,
        step             smallint NOT NULL,
        template_code    text NOT NULL,
        unit_code        text NOT NULL,
        organisation     text NOT NULL,
        subject          text NOT NULL,
        draft            text NOT NULL,
        stage            text NOT NULL CHECK (stage IN
            ('drafted', 'handed', 'issued', 'arrived', 'rejected', 'accepted', 'recalled')),
        status_code      text,
        eoffice_document text,
        number           text,
        issued_on        date,
        signer           text,
        signed_text      text,
        differs          boolean,
        handed_at        timestamptz,
        next_ask_at      timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT formal_documents_once UNIQUE (about_id, due_on, step, template_code, organisation)
    );
    CREATE INDEX formal_documents_to_ask ON formal_documents (next_ask_at)
        WHERE stage IN ('handed', 'issued', 'arrived');
    CREATE TABLE formal_document_statuses (
        document_id uuid NOT NULL REFERENCES formal_documents (id) ON DELETE CASCADE,
        code        text NOT NULL,
        at          timestamptz NOT NULL,
        stage       text,
        source      text NOT NULL CHECK (source IN ('eoffice', 'person')),
        note        text,
        PRIMARY KEY (document_id, code, at)
    );
    ALTER TABLE notices ADD COLUMN document_id uuid REFERENCES formal_documents (id);
    CREATE INDEX notices_document_id ON notices (document_id) WHERE document_id IS NOT NULL
"""
OFFICES_DOWN = """
    UPDATE notices SET state = 'unknown', reason = 'handed_over' WHERE state = 'handed';
    DROP INDEX notices_document_id;
    ALTER TABLE notices DROP COLUMN document_id;
    DROP TABLE formal_document_statuses;
    DROP TABLE formal_documents;
    DROP TABLE eoffice_organisations
"""
# The order of sending, no law: what cannot wait for a queue first, reports last.
PRIORITY = (
    """
    CREATE FUNCTION notice_priority(kind text, step smallint) RETURNS smallint
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN CASE WHEN kind = 'contact_code' THEN 0
                    WHEN kind IN ('digest', 'risk', 'webhook') THEN 3
                    WHEN kind = 'reminder' AND step < -1 THEN 2
                    ELSE 1 END
    """,
    "DROP INDEX notices_waiting",
    """
    CREATE INDEX notices_waiting ON notices (channel, notice_priority(kind, step), next_try_at, id)
        WHERE state = 'created'
    """,
)
PRIORITY_DOWN = (
    "DROP INDEX notices_waiting",
    "CREATE INDEX notices_waiting ON notices (channel, next_try_at, id) WHERE state = 'created'",
    "DROP FUNCTION notice_priority",
)


def upgrade() -> None:
    """What leaves to systems and devices of others."""
    _run(WEBHOOKS)
    _widen("notices_kind_check", "kind = 'webhook'")
    _widen("notices_one_subject", "kind = 'webhook'")
    _run(INBOX)
    for statement in INBOX_TRIGGERS:
        op.execute(statement)
    _run(PUSH)
    _run(OFFICES)
    _widen("notices_state_check", "state = 'handed'")
    for statement in PRIORITY:
        op.execute(statement)


def downgrade() -> None:
    """Nothing leaves any more; what was told stays told."""
    for statement in PRIORITY_DOWN:
        op.execute(statement)
    _run(OFFICES_DOWN)
    _restore("notices_state_check")
    _run(PUSH_DOWN)
    _run(INBOX_DOWN)
    _run(WEBHOOKS_DOWN)
    _restore("notices_kind_check")
    _restore("notices_one_subject")


def _widen(constraint: str, condition: str) -> None:
    """Let a check of notices pass where `condition` holds too, whatever it says now; what it said is kept beside it."""
    before = op.get_bind().scalar(
        text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"), {"name": constraint}
    )
    check = re.fullmatch(r"CHECK \((.*)\)", before, re.DOTALL)
    assert check is not None, before
    op.execute(f"ALTER TABLE notices DROP CONSTRAINT {constraint}")
    op.execute(f"ALTER TABLE notices ADD CONSTRAINT {constraint} CHECK (({condition}) OR ({check[1]}))")
    quoted = before.replace("'", "''")
    op.execute(text(f"COMMENT ON CONSTRAINT {constraint} ON notices IS '{quoted}'".replace(":", r"\:")))


def _restore(constraint: str) -> None:
    """The check as it was before `_widen`."""
    before = op.get_bind().scalar(
        text("SELECT obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conname = :name"),
        {"name": constraint},
    )
    op.execute(f"ALTER TABLE notices DROP CONSTRAINT {constraint}")
    op.execute(text(f"ALTER TABLE notices ADD CONSTRAINT {constraint} {before}".replace(":", r"\:")))


def _run(block: str) -> None:
    for statement in block.split(";\n"):
        op.execute(statement)
