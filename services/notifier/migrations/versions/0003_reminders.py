"""Who was told what: policies and templates, steps, notices, silences."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

POLICIES = """
    CREATE TABLE notice_templates (
        code       text NOT NULL,
        version    integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        valid_from date NOT NULL,
        parameters text[] NOT NULL,
        subject    text NOT NULL,
        body       text NOT NULL,
        html       text NOT NULL,
        digest     text NOT NULL,
        PRIMARY KEY (code, version)
    );
    CREATE TABLE reminder_policies (
        id                    text PRIMARY KEY,
        created_at            timestamptz NOT NULL DEFAULT now(),
        code                  text NOT NULL,
        valid_from            date NOT NULL,
        valid_to              date,
        source                text NOT NULL,
        send_at               time NOT NULL,
        channels              text[] NOT NULL CHECK (channels <@ ARRAY['email', 'inbox']),
        silence_template      text,
        most_tries            integer NOT NULL CHECK (most_tries > 0),
        first_retry_seconds   integer NOT NULL CHECK (first_retry_seconds > 0),
        longest_retry_seconds integer NOT NULL CHECK (longest_retry_seconds >= first_retry_seconds),
        give_up_seconds       integer NOT NULL CHECK (give_up_seconds > 0),
        CONSTRAINT reminder_policies_one_at_a_time
            EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
    );
    CREATE TABLE reminder_policy_steps (
        policy_id     text NOT NULL REFERENCES reminder_policies (id) ON DELETE CASCADE,
        step          smallint NOT NULL,
        audience      text NOT NULL CHECK (audience IN ('responsible', 'superior')),
        template_code text NOT NULL,
        PRIMARY KEY (policy_id, step, audience)
    )
"""

NOTICES = """
    CREATE TABLE reminder_steps (
        obligation_id uuid NOT NULL REFERENCES obligations (id),
        due_on        date NOT NULL,
        step          smallint NOT NULL,
        outcome       text NOT NULL CHECK (outcome IN ('noticed', 'skipped', 'no_recipient')),
        reason        text,
        handled_at    timestamptz NOT NULL,
        PRIMARY KEY (obligation_id, due_on, step)
    );
    CREATE INDEX reminder_steps_no_recipient ON reminder_steps (obligation_id) WHERE outcome = 'no_recipient';
    CREATE TABLE silences (
        id                 uuid PRIMARY KEY,
        created_at         timestamptz NOT NULL DEFAULT now(),
        deadline_key       text NOT NULL,
        code               text NOT NULL,
        title              text NOT NULL,
        title_en           text,
        year               integer NOT NULL,
        period             text NOT NULL,
        due_on             date NOT NULL,
        superior           text NOT NULL,
        superior_unit_code text NOT NULL,
        units              jsonb NOT NULL,
        asked              integer NOT NULL,
        silent_at          timestamptz NOT NULL,
        policy_id          text NOT NULL REFERENCES reminder_policies (id),
        noticed_at         timestamptz,
        CONSTRAINT silences_deadline_key_due_on_superior_superior_unit_code_key
            UNIQUE (deadline_key, due_on, superior, superior_unit_code)
    );
    CREATE INDEX silences_unnoticed ON silences (id) WHERE noticed_at IS NULL;
    CREATE TABLE notices (
        id               uuid PRIMARY KEY,
        created_at       timestamptz NOT NULL DEFAULT now(),
        obligation_id    uuid REFERENCES obligations (id),
        silence_id       uuid REFERENCES silences (id),
        due_on           date NOT NULL,
        step             smallint NOT NULL,
        kind             text NOT NULL CHECK (kind IN ('reminder', 'escalation', 'silence')),
        unit_code        text NOT NULL,
        person_id        uuid NOT NULL,
        recipient_name   text NOT NULL,
        address          text,
        channel          text NOT NULL CHECK (channel IN ('email', 'inbox')),
        template_code    text NOT NULL,
        template_version integer NOT NULL,
        parameters       jsonb NOT NULL,
        state            text NOT NULL
            CHECK (state IN ('created', 'sending', 'sent', 'failed', 'unknown', 'skipped', 'cancelled')),
        reason           text,
        made_at          timestamptz NOT NULL,
        sent_at          timestamptz,
        read_at          timestamptz,
        attempts         integer NOT NULL,
        refusals         integer NOT NULL,
        most_tries       integer NOT NULL,
        first_retry_seconds   integer NOT NULL,
        longest_retry_seconds integer NOT NULL,
        next_try_at      timestamptz NOT NULL,
        leased_until     timestamptz NOT NULL,
        give_up_at       timestamptz NOT NULL,
        claimed_at       timestamptz,
        last_error       text,
        CONSTRAINT notices_one_subject CHECK ((obligation_id IS NULL) <> (silence_id IS NULL)),
        CONSTRAINT notices_sent_has_instant CHECK (state <> 'sent' OR sent_at IS NOT NULL),
        CONSTRAINT notices_template FOREIGN KEY (template_code, template_version)
            REFERENCES notice_templates (code, version),
        CONSTRAINT notices_once UNIQUE NULLS NOT DISTINCT
            (obligation_id, silence_id, person_id, due_on, step, channel)
    );
    CREATE INDEX notices_waiting ON notices (next_try_at, id) WHERE state = 'created';
    CREATE INDEX notices_sending ON notices (claimed_at) WHERE state = 'sending';
    CREATE INDEX notices_state ON notices (state, id);
    CREATE INDEX notices_unit_code ON notices (unit_code, id);
    CREATE INDEX notices_person_id ON notices (person_id, id);
    CREATE INDEX notices_unread ON notices (person_id)
        WHERE channel = 'inbox' AND state = 'sent' AND read_at IS NULL
"""

FUNCTIONS = (
    """
    CREATE FUNCTION step_instant(due_on date, step integer, send_at time) RETURNS timestamptz
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN ((due_on + step)::timestamp + send_at - interval '7 hours') AT TIME ZONE 'UTC'
    """,
    """
    CREATE FUNCTION policy_of(duty obligations) RETURNS SETOF reminder_policies
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT p.* FROM reminder_policies p
        WHERE p.code IN (duty.code, '*') AND duty.due_on >= p.valid_from
          AND (p.valid_to IS NULL OR duty.due_on <= p.valid_to)
        ORDER BY p.code = '*' LIMIT 1;
    END
    """,
    """
    CREATE FUNCTION unhandled_steps(duty obligations)
        RETURNS TABLE (policy_id text, step integer, instant timestamptz)
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT p.id, s.step::integer, step_instant(duty.due_on, s.step, p.send_at)
        FROM policy_of(duty) p
        JOIN LATERAL (SELECT DISTINCT t.step FROM reminder_policy_steps t WHERE t.policy_id = p.id) s ON true
        WHERE NOT EXISTS (
            SELECT FROM reminder_steps r
            WHERE r.obligation_id = duty.id AND r.due_on = duty.due_on AND r.step >= s.step);
    END
    """,
)


def upgrade() -> None:
    """Create policies, templates, steps, silences, notices."""
    for block in (POLICIES, NOTICES):
        for statement in block.split(";\n"):
            op.execute(statement)
    for function in FUNCTIONS:
        op.execute(function)


def downgrade() -> None:
    """Drop them."""
    for function in ("unhandled_steps", "policy_of", "step_instant"):
        op.execute(f"DROP FUNCTION {function}")
    for table in (
        "notices",
        "silences",
        "reminder_steps",
        "reminder_policy_steps",
        "reminder_policies",
        "notice_templates",
    ):
        op.execute(f"DROP TABLE {table}")
