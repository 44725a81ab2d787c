"""Digests, quiet hours, working days, further audiences, versions of policies; risk reports; calendar feeds."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UP = """
    CREATE TABLE office_days (
        day   date PRIMARY KEY,
        works boolean NOT NULL,
        note  text NOT NULL
    );
    CREATE TABLE audiences (
        code    text PRIMARY KEY,
        name_vi text NOT NULL,
        name_en text NOT NULL,
        role    text,
        place   text CHECK (place IN ('own_unit', 'superior_unit', 'anywhere')),
        CONSTRAINT audiences_role_has_place CHECK ((role IS NULL) = (place IS NULL))
    );
    INSERT INTO audiences (code, name_vi, name_en) VALUES
        ('responsible', 'Người có trách nhiệm', 'Who has the duty'),
        ('superior', 'Cấp trên', 'The superior');

    ALTER TABLE reminder_policy_steps DROP CONSTRAINT reminder_policy_steps_audience_check;
    ALTER TABLE reminder_policy_steps
        ADD CONSTRAINT reminder_policy_steps_audience_fkey FOREIGN KEY (audience) REFERENCES audiences (code);

    ALTER TABLE reminder_policies
        ADD COLUMN state                 text NOT NULL DEFAULT 'published' CHECK (state IN ('draft', 'published')),
        ADD COLUMN version               integer NOT NULL DEFAULT 1,
        ADD COLUMN superseded_by         text,
        ADD COLUMN drafted_by            uuid,
        ADD COLUMN published_by          uuid,
        ADD COLUMN published_at          timestamptz,
        ADD COLUMN working_days          text NOT NULL DEFAULT 'any'
            CHECK (working_days IN ('any', 'previous', 'next')),
        ADD COLUMN quiet_begins          time,
        ADD COLUMN quiet_ends            time,
        ADD COLUMN digest_every          text CHECK (digest_every IN ('day', 'week')),
        ADD COLUMN digest_weekday        smallint CHECK (digest_weekday BETWEEN 1 AND 7),
        ADD COLUMN digest_at             time,
        ADD COLUMN digest_immediate_from smallint,
        ADD COLUMN digest_template       text,
        ADD COLUMN risk_weekday          smallint CHECK (risk_weekday BETWEEN 1 AND 7),
        ADD COLUMN risk_at               time,
        ADD COLUMN risk_template         text,
        ALTER COLUMN valid_from DROP NOT NULL,
        ADD CONSTRAINT reminder_policies_published_is_valid CHECK (state = 'draft' OR valid_from IS NOT NULL);
    ALTER TABLE reminder_policies ALTER COLUMN state DROP DEFAULT;
    ALTER TABLE reminder_policies ALTER COLUMN version DROP DEFAULT;
    ALTER TABLE reminder_policies ALTER COLUMN working_days DROP DEFAULT;
    ALTER TABLE reminder_policies DROP CONSTRAINT reminder_policies_one_at_a_time;
    ALTER TABLE reminder_policies ADD CONSTRAINT reminder_policies_one_at_a_time
        EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to, '[]') WITH &&) WHERE (state = 'published');

    CREATE TABLE risk_reports (
        id                 uuid PRIMARY KEY,
        created_at         timestamptz NOT NULL DEFAULT now(),
        week_on            date NOT NULL,
        superior           text NOT NULL,
        superior_unit_code text NOT NULL,
        policy_id          text NOT NULL REFERENCES reminder_policies (id),
        lines              jsonb NOT NULL,
        made_at            timestamptz NOT NULL,
        noticed_at         timestamptz,
        CONSTRAINT risk_reports_week_on_superior_superior_unit_code_key UNIQUE (week_on, superior, superior_unit_code)
    );
    CREATE INDEX risk_reports_unnoticed ON risk_reports (id) WHERE noticed_at IS NULL;
    CREATE TABLE calendar_feeds (
        id           uuid PRIMARY KEY,
        created_at   timestamptz NOT NULL DEFAULT now(),
        person_id    uuid NOT NULL,
        token_digest bytea NOT NULL,
        label        text,
        revoked_at   timestamptz,
        CONSTRAINT calendar_feeds_token_digest_key UNIQUE (token_digest)
    );
    CREATE INDEX calendar_feeds_person_id ON calendar_feeds (person_id, id);

    ALTER TABLE notices ADD COLUMN report_id uuid REFERENCES risk_reports (id);
    ALTER TABLE notices ADD COLUMN held_until timestamptz;
    ALTER TABLE notices ADD COLUMN digest_id uuid REFERENCES notices (id);
    ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
    ALTER TABLE notices ADD CONSTRAINT notices_kind_check
        CHECK (kind IN ('reminder', 'escalation', 'silence', 'digest', 'risk'));
    ALTER TABLE notices DROP CONSTRAINT notices_state_check;
    ALTER TABLE notices ADD CONSTRAINT notices_state_check CHECK (state IN ('created', 'held', 'digested', 'sending',
        'sent', 'delivered', 'failed', 'unknown', 'skipped', 'cancelled'));
    ALTER TABLE notices ADD CONSTRAINT notices_held_has_end CHECK (state <> 'held' OR held_until IS NOT NULL);
    ALTER TABLE notices DROP CONSTRAINT notices_one_subject;
    ALTER TABLE notices ADD CONSTRAINT notices_one_subject
        CHECK (num_nonnulls(obligation_id, silence_id, report_id) = CASE kind WHEN 'digest' THEN 0 ELSE 1 END);
    ALTER TABLE notices DROP CONSTRAINT notices_once;
    ALTER TABLE notices ADD CONSTRAINT notices_once UNIQUE NULLS NOT DISTINCT
        (obligation_id, silence_id, report_id, person_id, due_on, step, channel);
    CREATE INDEX appointment_projections_role ON appointment_projections (role);
    CREATE INDEX notices_held ON notices (held_until, id) WHERE state = 'held';
    CREATE INDEX notices_digest_id ON notices (digest_id) WHERE digest_id IS NOT NULL
"""

DOWN = """
    DROP INDEX notices_digest_id;
    DROP INDEX notices_held;
    DROP INDEX appointment_projections_role;
    ALTER TABLE notices DROP CONSTRAINT notices_held_has_end;
    UPDATE notices SET state = 'skipped', reason = 'in_digest', digest_id = NULL WHERE state IN ('held', 'digested');
    DELETE FROM notices WHERE kind IN ('digest', 'risk');
    ALTER TABLE notices DROP CONSTRAINT notices_once;
    ALTER TABLE notices DROP CONSTRAINT notices_one_subject;
    ALTER TABLE notices DROP CONSTRAINT notices_state_check;
    ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
    ALTER TABLE notices DROP COLUMN digest_id, DROP COLUMN held_until, DROP COLUMN report_id;
    ALTER TABLE notices ADD CONSTRAINT notices_kind_check CHECK (kind IN ('reminder', 'escalation', 'silence'));
    ALTER TABLE notices ADD CONSTRAINT notices_state_check CHECK (state IN
        ('created', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'skipped', 'cancelled'));
    ALTER TABLE notices ADD CONSTRAINT notices_one_subject CHECK ((obligation_id IS NULL) <> (silence_id IS NULL));
    ALTER TABLE notices ADD CONSTRAINT notices_once UNIQUE NULLS NOT DISTINCT
        (obligation_id, silence_id, person_id, due_on, step, channel);
    DROP TABLE calendar_feeds;
    DROP TABLE risk_reports;
    DELETE FROM reminder_policies WHERE state = 'draft';
    ALTER TABLE reminder_policies DROP CONSTRAINT reminder_policies_one_at_a_time;
    ALTER TABLE reminder_policies DROP CONSTRAINT reminder_policies_published_is_valid;
    ALTER TABLE reminder_policies ALTER COLUMN valid_from SET NOT NULL,
        DROP COLUMN risk_template, DROP COLUMN risk_at, DROP COLUMN risk_weekday, DROP COLUMN digest_template,
        DROP COLUMN digest_immediate_from, DROP COLUMN digest_at, DROP COLUMN digest_weekday, DROP COLUMN digest_every,
        DROP COLUMN quiet_ends, DROP COLUMN quiet_begins, DROP COLUMN working_days, DROP COLUMN published_at,
        DROP COLUMN published_by, DROP COLUMN drafted_by, DROP COLUMN superseded_by, DROP COLUMN version,
        DROP COLUMN state;
    ALTER TABLE reminder_policies ADD CONSTRAINT reminder_policies_one_at_a_time
        EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to, '[]') WITH &&);
    ALTER TABLE reminder_policy_steps DROP CONSTRAINT reminder_policy_steps_audience_fkey;
    DELETE FROM reminder_policy_steps WHERE audience NOT IN ('responsible', 'superior');
    ALTER TABLE reminder_policy_steps ADD CONSTRAINT reminder_policy_steps_audience_check
        CHECK (audience IN ('responsible', 'superior'));
    DROP TABLE audiences;
    DROP TABLE office_days
"""

POLICY_OF = """
    CREATE FUNCTION policy_of(duty obligations) RETURNS SETOF reminder_policies
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT p.* FROM reminder_policies p
        WHERE {published} p.code IN (duty.code, '*') AND duty.due_on >= p.valid_from
          AND (p.valid_to IS NULL OR duty.due_on <= p.valid_to)
        ORDER BY p.code = '*' LIMIT 1;
    END
"""
UNHANDLED_STEPS = """
    CREATE FUNCTION unhandled_steps(duty obligations)
        RETURNS TABLE (policy_id text, step integer, instant timestamptz)
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT p.id, s.step::integer, {instant}
        FROM policy_of(duty) p
        JOIN LATERAL (SELECT DISTINCT t.step FROM reminder_policy_steps t WHERE t.policy_id = p.id) s ON true
        WHERE NOT EXISTS (
            SELECT FROM reminder_steps r
            WHERE r.obligation_id = duty.id AND r.due_on = duty.due_on AND r.step >= s.step);
    END
"""
# Step 0 and before never leave over their deadline, later ones never before it has passed.
MOMENTS = (
    """
    CREATE FUNCTION works_on(day date) RETURNS boolean
        LANGUAGE sql STABLE
        RETURN coalesce((SELECT d.works FROM office_days d WHERE d.day = works_on.day),
                        extract(isodow FROM works_on.day) < 6)
    """,
    """
    CREATE FUNCTION working_day(day date, forward boolean) RETURNS date
        LANGUAGE sql STABLE
        RETURN (SELECT near FROM (SELECT working_day.day + CASE WHEN forward THEN n ELSE -n END AS near, n
                                  FROM generate_series(0, 30) AS n) AS days
                WHERE works_on(near) ORDER BY n LIMIT 1)
    """,
    """
    CREATE FUNCTION step_day(due_on date, step integer, working_days text) RETURNS date
        LANGUAGE sql STABLE
        RETURN CASE
            WHEN working_days = 'any' OR works_on(due_on + step) THEN due_on + step
            WHEN step <= 0 THEN
                CASE WHEN working_days = 'next' AND working_day(due_on + step, true) <= due_on
                     THEN working_day(due_on + step, true) ELSE working_day(due_on + step, false) END
            ELSE
                CASE WHEN working_days = 'previous' AND working_day(due_on + step, false) > due_on
                     THEN working_day(due_on + step, false) ELSE working_day(due_on + step, true) END
            END
    """,
    """
    CREATE FUNCTION step_moment(policy reminder_policies, due_on date, step integer) RETURNS timestamptz
        LANGUAGE sql STABLE
        RETURN step_instant(step_day(due_on, step, policy.working_days), 0, policy.send_at)
    """,
    """
    CREATE FUNCTION quiet_until(policy reminder_policies, at timestamptz) RETURNS timestamptz
        LANGUAGE sql STABLE
        RETURN (SELECT step_instant(local::date, CASE WHEN local::time >= policy.quiet_ends THEN 1 ELSE 0 END,
                                    policy.quiet_ends)
                FROM (SELECT (at AT TIME ZONE 'UTC') + interval '7 hours' AS local) AS clock
                WHERE CASE WHEN policy.quiet_begins < policy.quiet_ends
                           THEN local::time >= policy.quiet_begins AND local::time < policy.quiet_ends
                           ELSE local::time >= policy.quiet_begins OR local::time < policy.quiet_ends END)
    """,
    """
    CREATE FUNCTION digest_moment(policy reminder_policies, at timestamptz) RETURNS timestamptz
        LANGUAGE sql STABLE
        RETURN (SELECT step_instant(CASE policy.working_days WHEN 'any' THEN day ELSE working_day(day, true) END, 0,
                                    policy.digest_at)
                FROM (SELECT public.legal_date(at) + n AS day FROM generate_series(0, 7) AS n) AS days
                WHERE (policy.digest_every = 'day' OR extract(isodow FROM day) = policy.digest_weekday)
                  AND step_instant(day, 0, policy.digest_at) >= at
                ORDER BY day LIMIT 1)
    """,
)
# Two lookups by index; one join with OR would read everybody for each duty.
FURTHER_ADDRESSEES = """
    CREATE FUNCTION further_addressees(duty obligations, today date)
        RETURNS TABLE (audience text, role text, person_id uuid, person_name text, email text, revision bigint)
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT x.code, a.role, a.person_id, a.person_name, a.email, a.revision
        FROM audiences x JOIN appointment_projections a ON a.role = x.role
             AND a.unit_code = CASE x.place WHEN 'own_unit' THEN duty.unit_code
                                            WHEN 'superior_unit' THEN duty.superior_unit_code END
        WHERE a.valid_from <= today AND (a.valid_to IS NULL OR a.valid_to >= today)
        UNION ALL
        SELECT x.code, a.role, a.person_id, a.person_name, a.email, a.revision
        FROM audiences x JOIN appointment_projections a ON a.role = x.role
        WHERE x.place = 'anywhere' AND a.valid_from <= today AND (a.valid_to IS NULL OR a.valid_to >= today);
    END
"""
ADDRESSEES = """
    CREATE OR REPLACE FUNCTION addressees(duty obligations, today date)
        RETURNS TABLE (audience text, role text, person_id uuid, person_name text, email text, revision bigint)
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT 'responsible', a.role, a.person_id, a.person_name, a.email, a.revision FROM appointment_projections a
        WHERE a.person_id = duty.person_id
          AND a.valid_from <= today AND (a.valid_to IS NULL OR a.valid_to >= today)
        UNION ALL
        SELECT 'responsible', a.role, a.person_id, a.person_name, a.email, a.revision FROM appointment_projections a
        WHERE duty.person_id IS NULL AND a.producer_id = duty.producer_id AND a.role = duty.responsible
          AND a.valid_from <= today AND (a.valid_to IS NULL OR a.valid_to >= today)
        UNION ALL
        SELECT 'responsible', a.role, a.person_id, a.person_name, a.email, a.revision FROM appointment_projections a
        WHERE duty.person_id IS NULL AND duty.producer_id IS NULL
          AND a.unit_code = duty.unit_code AND a.role = duty.responsible
          AND a.valid_from <= today AND (a.valid_to IS NULL OR a.valid_to >= today)
        UNION ALL
        SELECT 'superior', a.role, a.person_id, a.person_name, a.email, a.revision FROM appointment_projections a
        WHERE a.unit_code = duty.superior_unit_code AND a.role = duty.superior
          AND a.valid_from <= today AND (a.valid_to IS NULL OR a.valid_to >= today){further};
    END
"""
FURTHER = """
        UNION ALL
        SELECT f.audience, f.role, f.person_id, f.person_name, f.email, f.revision
        FROM further_addressees(duty, today) f"""


def upgrade() -> None:
    """Policies say more, and a province can write its own."""
    for function in ("unhandled_steps", "policy_of"):
        op.execute(f"DROP FUNCTION {function}")
    _run(UP)
    op.execute(POLICY_OF.format(published="p.state = 'published' AND"))
    for function in MOMENTS:
        op.execute(function)
    op.execute(UNHANDLED_STEPS.format(instant="step_moment(p, duty.due_on, s.step::integer)"))
    op.execute(FURTHER_ADDRESSEES)
    op.execute(ADDRESSEES.format(further=FURTHER))


def downgrade() -> None:
    """Steps, chains and two audiences again; what was gathered into digests counts as skipped."""
    op.execute(ADDRESSEES.format(further=""))
    for function in (
        "further_addressees",
        "unhandled_steps",
        "digest_moment",
        "quiet_until",
        "step_moment",
        "step_day",
        "working_day",
        "works_on",
        "policy_of",
    ):
        op.execute(f"DROP FUNCTION {function}")
    _run(DOWN)
    op.execute(POLICY_OF.format(published=""))
    op.execute(UNHANDLED_STEPS.format(instant="step_instant(duty.due_on, s.step, p.send_at)"))


def _run(block: str) -> None:
    for statement in block.split(";\n"):
        op.execute(statement)
