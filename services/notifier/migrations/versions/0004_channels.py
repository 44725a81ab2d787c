"""Channels as rows, chains of channels in policies, contacts of people, words by form."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UP = """
    CREATE TABLE channels (
        code           text PRIMARY KEY,
        form           text NOT NULL,
        sends          boolean NOT NULL,
        name_vi        text NOT NULL,
        name_en        text NOT NULL,
        paused_at      timestamptz,
        paused_because text
    );
    INSERT INTO channels (code, form, sends, name_vi, name_en) VALUES
        ('email', 'mail', true, 'Thư điện tử', 'E-mail'),
        ('inbox', 'mail', false, 'Hộp thư trong ứng dụng', 'In-app inbox');
    CREATE TABLE contacts (
        id             uuid PRIMARY KEY,
        created_at     timestamptz NOT NULL DEFAULT now(),
        updated_at     timestamptz NOT NULL DEFAULT now(),
        version        integer NOT NULL,
        person_id      uuid NOT NULL,
        channel        text NOT NULL REFERENCES channels (code),
        address        text NOT NULL,
        label          text,
        verified_at    timestamptz,
        opted_out_at   timestamptz,
        dead_at        timestamptz,
        dead_because   text,
        removed_at     timestamptz,
        CONSTRAINT contacts_person_id_channel_address_key UNIQUE (person_id, channel, address)
    );
    CREATE VIEW contact_points AS
        SELECT DISTINCT ON (person_id, channel) person_id, channel, address,
               CASE WHEN opted_out_at IS NOT NULL THEN 'opted_out'
                    WHEN dead_at IS NOT NULL THEN 'address_dead'
                    WHEN verified_at IS NULL THEN 'not_verified' END AS obstacle
        FROM contacts WHERE removed_at IS NULL
        ORDER BY person_id, channel, (opted_out_at IS NOT NULL OR dead_at IS NOT NULL OR verified_at IS NULL),
                 verified_at DESC, id;

    ALTER TABLE notices DROP CONSTRAINT notices_template;
    ALTER TABLE notice_templates DROP CONSTRAINT notice_templates_pkey;
    ALTER TABLE notice_templates ADD COLUMN form text NOT NULL DEFAULT 'mail';
    ALTER TABLE notice_templates ALTER COLUMN form DROP DEFAULT;
    ALTER TABLE notice_templates ADD CONSTRAINT notice_templates_pkey PRIMARY KEY (code, form, version);

    ALTER TABLE reminder_policies ADD COLUMN chains jsonb;
    UPDATE reminder_policies
        SET chains = (SELECT jsonb_agg(jsonb_build_array(channel)) FROM unnest(channels) AS channel);
    ALTER TABLE reminder_policies ALTER COLUMN chains SET NOT NULL;
    ALTER TABLE reminder_policies DROP COLUMN channels;
    ALTER TABLE reminder_policy_steps ADD COLUMN chains jsonb;

    ALTER TABLE notices DROP CONSTRAINT notices_channel_check;
    ALTER TABLE notices DROP CONSTRAINT notices_state_check;
    ALTER TABLE notices ADD CONSTRAINT notices_state_check CHECK (state IN
        ('created', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'skipped', 'cancelled'));
    ALTER TABLE notices ADD CONSTRAINT notices_channel FOREIGN KEY (channel) REFERENCES channels (code);
    ALTER TABLE notices ADD COLUMN template_form text NOT NULL DEFAULT 'mail';
    ALTER TABLE notices ALTER COLUMN template_form DROP DEFAULT;
    ALTER TABLE notices ADD CONSTRAINT notices_template FOREIGN KEY (template_code, template_form, template_version)
        REFERENCES notice_templates (code, form, version);
    ALTER TABLE notices ADD COLUMN fallbacks text[] NOT NULL DEFAULT '{}';
    ALTER TABLE notices ADD COLUMN follows uuid REFERENCES notices (id);
    ALTER TABLE notices ADD COLUMN followed boolean NOT NULL DEFAULT false;
    ALTER TABLE notices ADD COLUMN delivered_at timestamptz;
    ALTER TABLE notices ADD COLUMN provider_reference text;
    DROP INDEX notices_waiting;
    CREATE INDEX notices_waiting ON notices (channel, next_try_at, id) WHERE state = 'created';
    CREATE INDEX notices_to_follow ON notices (id) WHERE state = 'failed' AND NOT followed AND fallbacks <> '{}'
"""

DOWN = """
    DROP INDEX notices_to_follow;
    DROP INDEX notices_waiting;
    CREATE INDEX notices_waiting ON notices (next_try_at, id) WHERE state = 'created';
    ALTER TABLE notices DROP CONSTRAINT notices_template;
    ALTER TABLE notices DROP COLUMN provider_reference, DROP COLUMN delivered_at, DROP COLUMN followed,
        DROP COLUMN follows, DROP COLUMN fallbacks, DROP COLUMN template_form;
    ALTER TABLE notices DROP CONSTRAINT notices_channel;
    ALTER TABLE notices DROP CONSTRAINT notices_state_check;
    ALTER TABLE notices ADD CONSTRAINT notices_state_check CHECK (state IN
        ('created', 'sending', 'sent', 'failed', 'unknown', 'skipped', 'cancelled'));
    ALTER TABLE notices ADD CONSTRAINT notices_channel_check CHECK (channel IN ('email', 'inbox'));
    ALTER TABLE reminder_policy_steps DROP COLUMN chains;
    ALTER TABLE reminder_policies ADD COLUMN channels text[];
    UPDATE reminder_policies SET channels = ARRAY(
        SELECT link #>> '{}' FROM jsonb_path_query(chains, '$[*][*]') WITH ORDINALITY AS links (link, n)
        WHERE link #>> '{}' IN ('email', 'inbox') ORDER BY n);
    ALTER TABLE reminder_policies ALTER COLUMN channels SET NOT NULL;
    ALTER TABLE reminder_policies ADD CONSTRAINT reminder_policies_channels_check
        CHECK (channels <@ ARRAY['email', 'inbox']);
    ALTER TABLE reminder_policies DROP COLUMN chains;
    ALTER TABLE notice_templates DROP CONSTRAINT notice_templates_pkey;
    DELETE FROM notice_templates WHERE form <> 'mail';
    ALTER TABLE notice_templates DROP COLUMN form;
    ALTER TABLE notice_templates ADD CONSTRAINT notice_templates_pkey PRIMARY KEY (code, version);
    ALTER TABLE notices ADD CONSTRAINT notices_template FOREIGN KEY (template_code, template_version)
        REFERENCES notice_templates (code, version);
    DROP VIEW contact_points;
    DROP TABLE contacts;
    DROP TABLE channels
"""

FUNCTIONS = (
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
"""As they were: they return rows of a table whose columns change, so they are made again after it."""


def upgrade() -> None:
    """A channel becomes a row; a policy names chains: the links of one chain are tried one after another."""
    _run(UP)


def downgrade() -> None:
    """Two channels again, each told at once."""
    _run(DOWN)


def _run(block: str) -> None:
    for function in ("unhandled_steps", "policy_of"):
        op.execute(f"DROP FUNCTION {function}")
    for statement in block.split(";\n"):
        op.execute(statement)
    for function in FUNCTIONS:
        op.execute(function)
