"""What people decide themselves: addresses they prove, their language, what they decline, who stands in for them;
proofs of what was told, and what is forgotten."""

from alembic import op

revision = "0010"
down_revision = "0009"
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
        ADD COLUMN language text NOT NULL DEFAULT 'vi' CHECK (language IN ('vi', 'en'));
    UPDATE notice_templates SET language = 'en', state = substr(decision_note, 18), decision_note = NULL
        WHERE decision_note LIKE 'language en, was %';

    CREATE TABLE absences (
        id           uuid PRIMARY KEY,
        created_at   timestamptz NOT NULL DEFAULT now(),
        updated_at   timestamptz NOT NULL DEFAULT now(),
        version      integer NOT NULL,
        person_id    uuid NOT NULL,
        person_name  text NOT NULL,
        deputy_id    uuid NOT NULL CHECK (deputy_id <> person_id),
        deputy_name  text NOT NULL,
        from_on      date NOT NULL,
        to_on        date NOT NULL CHECK (to_on >= from_on),
        basis        text NOT NULL CHECK (basis IN ('same_unit', 'superior')),
        reason       text,
        declared_by  uuid NOT NULL,
        declared_at  timestamptz NOT NULL,
        cancelled_by uuid,
        cancelled_at timestamptz,
        CONSTRAINT absences_one_at_a_time EXCLUDE USING gist
            (person_id WITH =, daterange(from_on, to_on, '[]') WITH &&) WHERE (cancelled_at IS NULL)
    );
    CREATE INDEX absences_person_id ON absences (person_id, from_on);
    CREATE INDEX absences_deputy_id ON absences (deputy_id, from_on);
    ALTER TABLE notices ADD COLUMN in_place_of uuid;
    DROP FUNCTION unhandled_steps;
    DROP FUNCTION policy_of;
    ALTER TABLE reminder_policies ADD COLUMN tells_absent boolean NOT NULL DEFAULT false;

    CREATE TABLE ended_opt_outs (
        id        uuid PRIMARY KEY,
        person_id uuid NOT NULL,
        topic     text NOT NULL,
        channel   text NOT NULL,
        since     timestamptz NOT NULL,
        until     timestamptz NOT NULL,
        by        text NOT NULL
    );
    CREATE INDEX ended_opt_outs_person_id ON ended_opt_outs (person_id);
    CREATE TABLE proofs (
        digest         text PRIMARY KEY,
        obligation_id  uuid NOT NULL REFERENCES obligations (id),
        person_id      uuid,
        whole_deadline boolean NOT NULL,
        issued_at      timestamptz NOT NULL,
        issued_to      uuid NOT NULL
    );
    ALTER TABLE notices
        ADD COLUMN content_digest text,
        ADD COLUMN forgotten_at   timestamptz;
    CREATE INDEX notices_to_forget ON notices (kind, made_at) WHERE forgotten_at IS NULL;
    DROP INDEX notices_unread;
    CREATE INDEX notices_unread ON notices (person_id)
        WHERE channel = 'inbox' AND state = 'sent' AND read_at IS NULL AND forgotten_at IS NULL
"""

# As 0007 made them: they return rows of a table whose columns change.
POLICIES = (
    """
    CREATE FUNCTION policy_of(duty obligations) RETURNS SETOF reminder_policies
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT p.* FROM reminder_policies p
        WHERE p.state = 'published' AND p.code IN (duty.code, '*') AND duty.due_on >= p.valid_from
          AND (p.valid_to IS NULL OR duty.due_on <= p.valid_to)
        ORDER BY p.code = '*' LIMIT 1;
    END
    """,
    """
    CREATE FUNCTION unhandled_steps(duty obligations)
        RETURNS TABLE (policy_id text, step integer, instant timestamptz)
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT p.id, s.step::integer, step_moment(p, duty.due_on, s.step::integer)
        FROM policy_of(duty) p
        JOIN LATERAL (SELECT DISTINCT t.step FROM reminder_policy_steps t WHERE t.policy_id = p.id) s ON true
        WHERE NOT EXISTS (
            SELECT FROM reminder_steps r
            WHERE r.obligation_id = duty.id AND r.due_on = duty.due_on AND r.step >= s.step);
    END
    """,
)
# The last of the chain who holds an office: whoever none can stand in for is told himself, so that nobody is lost.
DEPUTIES = (
    """
    CREATE FUNCTION deputy_of(absent uuid, today date)
        RETURNS TABLE (person_id uuid, person_name text, email text, revision bigint)
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        WITH RECURSIVE stands AS (
            SELECT b.deputy_id, 1 AS hop FROM absences b
            WHERE b.person_id = absent AND b.cancelled_at IS NULL AND today BETWEEN b.from_on AND b.to_on
            UNION ALL
            SELECT b.deputy_id, s.hop + 1 FROM stands s JOIN absences b ON b.person_id = s.deputy_id
            WHERE b.cancelled_at IS NULL AND today BETWEEN b.from_on AND b.to_on AND s.hop < 10
        )
        SELECT a.person_id, a.person_name, a.email, a.revision
        FROM stands s JOIN appointment_projections a ON a.person_id = s.deputy_id
        WHERE a.valid_from <= today AND (a.valid_to IS NULL OR a.valid_to >= today)
        ORDER BY s.hop DESC, a.revision DESC, a.id LIMIT 1;
    END
    """,
    """
    CREATE FUNCTION recipients(duty obligations, today date, wanted text)
        RETURNS TABLE (audience text, role text, person_id uuid, person_name text, email text, revision bigint,
                       in_place_of uuid, absent_name text)
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT a.audience, a.role, r.person_id, r.person_name, r.email, r.revision, r.in_place_of, r.absent_name
        FROM (SELECT * FROM addressees(duty, today) every WHERE every.audience = wanted) a
        LEFT JOIN LATERAL deputy_of(a.person_id, today) d
            ON a.audience <> 'responsible' OR duty.person_id IS NULL AND duty.producer_id IS NULL
        CROSS JOIN LATERAL (
            SELECT d.person_id, d.person_name, d.email, d.revision, a.person_id AS in_place_of,
                   a.person_name AS absent_name
            WHERE d.person_id IS NOT NULL
            UNION ALL
            SELECT a.person_id, a.person_name, a.email, a.revision, NULL, NULL
            WHERE d.person_id IS NULL OR EXISTS (SELECT FROM policy_of(duty) p WHERE p.tells_absent)) r;
    END
    """,
    """
    CREATE FUNCTION office_recipients(office text, unit text, today date, tells_absent boolean)
        RETURNS TABLE (person_id uuid, person_name text, email text, revision bigint, in_place_of uuid,
                       absent_name text)
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT r.person_id, r.person_name, r.email, r.revision, r.in_place_of, r.absent_name
        FROM appointment_projections a
        LEFT JOIN LATERAL deputy_of(a.person_id, today) d ON true
        CROSS JOIN LATERAL (
            SELECT d.person_id, d.person_name, d.email, d.revision, a.person_id AS in_place_of,
                   a.person_name AS absent_name
            WHERE d.person_id IS NOT NULL
            UNION ALL
            SELECT a.person_id, a.person_name, a.email, a.revision, NULL, NULL
            WHERE d.person_id IS NULL OR tells_absent) r
        WHERE a.role = office AND a.unit_code = unit
          AND a.valid_from <= today AND (a.valid_to IS NULL OR a.valid_to >= today);
    END
    """,
)

TOPIC_OF = """
    CREATE FUNCTION topic_of(kind text, duty_code text) RETURNS text
        LANGUAGE sql STABLE
        RETURN (SELECT m.topic FROM notice_topic_members m
                WHERE m.kind = topic_of.kind AND m.duty_code IN (coalesce(topic_of.duty_code, '*'), '*')
                ORDER BY m.duty_code = '*' LIMIT 1)
"""

DOWN = """
    DROP INDEX notices_unread;
    CREATE INDEX notices_unread ON notices (person_id)
        WHERE channel = 'inbox' AND state = 'sent' AND read_at IS NULL;
    DROP INDEX notices_to_forget;
    ALTER TABLE notices DROP COLUMN forgotten_at, DROP COLUMN content_digest;
    DROP TABLE proofs;
    DROP TABLE ended_opt_outs;
    DROP FUNCTION office_recipients;
    DROP FUNCTION recipients;
    DROP FUNCTION deputy_of;
    DROP FUNCTION unhandled_steps;
    DROP FUNCTION policy_of;
    ALTER TABLE reminder_policies DROP COLUMN tells_absent;
    ALTER TABLE notices DROP COLUMN in_place_of;
    DROP TABLE absences;
    DROP FUNCTION topic_of;
    UPDATE notice_templates SET state = 'rejected', decision_note = 'language ' || language || ', was ' || state
        WHERE language <> 'vi';
    ALTER TABLE notice_templates DROP COLUMN language;
    DROP TABLE opt_outs;
    DROP TABLE person_settings;
    DROP TABLE notice_topic_members;
    DROP TABLE notice_topics;
    DELETE FROM notices WHERE kind = 'contact_code';
    UPDATE notices SET follows = NULL WHERE follows IN (SELECT id FROM notices WHERE turn > 0);
    UPDATE notices SET digest_id = NULL WHERE digest_id IN (SELECT id FROM notices WHERE turn > 0);
    DELETE FROM notices WHERE turn > 0;
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
    """Addresses are proved by a code; words have a language, people a choice and a deputy."""
    _run(UP)
    for function in (TOPIC_OF, *POLICIES, *DEPUTIES):
        op.execute(function)


def downgrade() -> None:
    """As before; English words are used no more, and what was told at a second address of a channel is lost."""
    _run(DOWN)
    for function in POLICIES:
        op.execute(function)


def _run(block: str) -> None:
    for statement in block.split(";\n"):
        op.execute(statement)
