"""What people decide themselves: addresses they prove, their language, what they decline."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UP = """
    ALTER TABLE contacts
        ADD COLUMN is_primary boolean NOT NULL DEFAULT false,
        ADD COLUMN origin     text NOT NULL DEFAULT 'person' CHECK (origin IN ('person', 'office'));
    CREATE UNIQUE INDEX contacts_one_primary ON contacts (person_id, channel) WHERE is_primary AND removed_at IS NULL;
    DROP VIEW contact_points;
    CREATE VIEW contact_points AS
        SELECT DISTINCT ON (person_id, channel) person_id, channel, address,
               CASE WHEN dead_at IS NOT NULL THEN 'address_dead'
                    WHEN verified_at IS NULL THEN 'not_verified' END AS obstacle
        FROM contacts WHERE removed_at IS NULL
        ORDER BY person_id, channel, (dead_at IS NOT NULL OR verified_at IS NULL),
                 is_primary DESC, verified_at DESC, id;
    ALTER TABLE contacts DROP COLUMN opted_out_at;
    CREATE TABLE contact_codes (
        id         uuid PRIMARY KEY,
        contact_id uuid NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
        person_id  uuid NOT NULL,
        asked_at   timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        salt       bytea NOT NULL,
        digests    bytea[] NOT NULL DEFAULT '{}',
        tries      smallint NOT NULL DEFAULT 0,
        used_at    timestamptz
    );
    CREATE INDEX contact_codes_contact_id ON contact_codes (contact_id, id);
    CREATE INDEX contact_codes_person_id ON contact_codes (person_id, asked_at);

    ALTER TABLE notices
        ADD COLUMN contact_id uuid,
        ADD COLUMN turn       smallint NOT NULL DEFAULT 0;
    ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
    ALTER TABLE notices ADD CONSTRAINT notices_kind_check
        CHECK (kind IN ('reminder', 'escalation', 'silence', 'digest', 'risk', 'contact_code'));
    ALTER TABLE notices DROP CONSTRAINT notices_one_subject;
    ALTER TABLE notices ADD CONSTRAINT notices_one_subject CHECK (
        num_nonnulls(obligation_id, silence_id, report_id, contact_id) = CASE kind WHEN 'digest' THEN 0 ELSE 1 END);
    ALTER TABLE notices DROP CONSTRAINT notices_once;
    ALTER TABLE notices ADD CONSTRAINT notices_once UNIQUE NULLS NOT DISTINCT
        (obligation_id, silence_id, report_id, contact_id, person_id, due_on, step, channel, turn);

    CREATE TABLE notice_topics (
        code       text PRIMARY KEY,
        name_vi    text NOT NULL,
        name_en    text NOT NULL,
        may_leave  boolean NOT NULL,
        because_vi text NOT NULL,
        because_en text NOT NULL,
        law        text NOT NULL
    );
    CREATE TABLE notice_topic_members (
        kind      text NOT NULL,
        duty_code text NOT NULL,
        topic     text NOT NULL REFERENCES notice_topics (code) ON DELETE CASCADE,
        PRIMARY KEY (kind, duty_code)
    );
    CREATE TABLE person_settings (
        person_id  uuid PRIMARY KEY,
        updated_at timestamptz NOT NULL DEFAULT now(),
        version    integer NOT NULL,
        language   text NOT NULL CHECK (language IN ('vi', 'en'))
    );
    CREATE TABLE opt_outs (
        person_id uuid NOT NULL,
        topic     text NOT NULL,
        channel   text NOT NULL REFERENCES channels (code),
        since     timestamptz NOT NULL,
        by        text NOT NULL CHECK (by IN ('preferences', 'link')),
        PRIMARY KEY (person_id, topic, channel)
    );
    ALTER TABLE notice_templates
        ADD COLUMN language text NOT NULL DEFAULT 'vi' CHECK (language IN ('vi', 'en'))
"""

TOPIC_OF = """
    CREATE FUNCTION topic_of(kind text, duty_code text) RETURNS text
        LANGUAGE sql STABLE
        RETURN (SELECT m.topic FROM notice_topic_members m
                WHERE m.kind = topic_of.kind AND m.duty_code IN (coalesce(topic_of.duty_code, '*'), '*')
                ORDER BY m.duty_code = '*' LIMIT 1)
"""

DOWN = """
    DROP FUNCTION topic_of;
    DELETE FROM notices n USING notice_templates t WHERE t.language <> 'vi' AND t.code = n.template_code
        AND t.form = n.template_form AND t.version = n.template_version;
    DELETE FROM notice_templates WHERE language <> 'vi';
    ALTER TABLE notice_templates DROP COLUMN language;
    DROP TABLE opt_outs;
    DROP TABLE person_settings;
    DROP TABLE notice_topic_members;
    DROP TABLE notice_topics;
    DELETE FROM notices WHERE kind = 'contact_code';
    WITH RECURSIVE later AS (
        SELECT id FROM notices WHERE turn > 0
        UNION SELECT n.id FROM notices n JOIN later l ON n.follows = l.id
    )
    DELETE FROM notices WHERE id IN (SELECT id FROM later);
    ALTER TABLE notices DROP CONSTRAINT notices_once;
    ALTER TABLE notices DROP CONSTRAINT notices_one_subject;
    ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
    ALTER TABLE notices DROP COLUMN turn, DROP COLUMN contact_id;
    ALTER TABLE notices ADD CONSTRAINT notices_kind_check
        CHECK (kind IN ('reminder', 'escalation', 'silence', 'digest', 'risk'));
    ALTER TABLE notices ADD CONSTRAINT notices_one_subject
        CHECK (num_nonnulls(obligation_id, silence_id, report_id) = CASE kind WHEN 'digest' THEN 0 ELSE 1 END);
    ALTER TABLE notices ADD CONSTRAINT notices_once UNIQUE NULLS NOT DISTINCT
        (obligation_id, silence_id, report_id, person_id, due_on, step, channel);
    DROP TABLE contact_codes;
    ALTER TABLE contacts ADD COLUMN opted_out_at timestamptz;
    DROP VIEW contact_points;
    CREATE VIEW contact_points AS
        SELECT DISTINCT ON (person_id, channel) person_id, channel, address,
               CASE WHEN opted_out_at IS NOT NULL THEN 'opted_out'
                    WHEN dead_at IS NOT NULL THEN 'address_dead'
                    WHEN verified_at IS NULL THEN 'not_verified' END AS obstacle
        FROM contacts WHERE removed_at IS NULL
        ORDER BY person_id, channel, (opted_out_at IS NOT NULL OR dead_at IS NOT NULL OR verified_at IS NULL),
                 verified_at DESC, id;
    ALTER TABLE contacts DROP COLUMN origin, DROP COLUMN is_primary
"""


def upgrade() -> None:
    """Addresses are proved by a code; one of a channel comes first; words have a language, people a choice."""
    _run(UP)
    op.execute(TOPIC_OF)


def downgrade() -> None:
    """As before; what was told in English or at a second address of a channel is lost."""
    _run(DOWN)


def _run(block: str) -> None:
    for statement in block.split(";\n"):
        op.execute(statement)
