"""What new notices and steps refer to is looked up once a statement, no longer row by row.

A foreign key asks for each row and each of its references anew: of the time that 100,000 reminders took, almost half.
What is referred to here never goes away (deleting is refused) and what a notice refers to never changes (so is that),
so looking once, when rows are made, holds as much. The keys stay in the catalogue, as NOT ENFORCED.
"""

from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

KEYS = (
    ("notices", "notices_obligation_id_fkey"),
    ("notices", "notices_channel"),
    ("notices", "notices_template"),
    ("reminder_steps", "reminder_steps_obligation_id_fkey"),
    ("inbox_changes", "inbox_changes_notice_id_fkey"),  # written by triggers of `notices` alone
)
REFERRED_TO = ("obligations", "channels", "notice_templates", "notices")
UP = (
    """
    CREATE FUNCTION refuse_unknown_references() RETURNS trigger
        LANGUAGE plpgsql SET search_path FROM CURRENT
    AS $$
    DECLARE
        unknown text;
    BEGIN
        IF TG_TABLE_NAME = 'notices' THEN
            SELECT CASE WHEN o.id IS NULL AND m.obligation_id IS NOT NULL THEN 'obligation ' || m.obligation_id
                        WHEN c.code IS NULL THEN 'channel ' || m.channel
                        WHEN t.code IS NULL THEN concat_ws(' ', 'template', m.template_code, m.template_form,
                                                           m.template_version) END
            INTO unknown
            FROM made m
            LEFT JOIN obligations o ON o.id = m.obligation_id
            LEFT JOIN channels c ON c.code = m.channel
            LEFT JOIN notice_templates t ON t.code = m.template_code AND t.form = m.template_form
                                        AND t.version = m.template_version
            WHERE o.id IS NULL AND m.obligation_id IS NOT NULL OR c.code IS NULL OR t.code IS NULL LIMIT 1;
        ELSE
            SELECT 'obligation ' || m.obligation_id INTO unknown
            FROM made m LEFT JOIN obligations o ON o.id = m.obligation_id WHERE o.id IS NULL LIMIT 1;
        END IF;
        IF unknown IS NOT NULL THEN
            RAISE foreign_key_violation USING MESSAGE = TG_TABLE_NAME || ' refer to no ' || unknown;
        END IF;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE FUNCTION refuse_to_let_go() RETURNS trigger
        LANGUAGE plpgsql
    AS $$
    BEGIN
        RAISE foreign_key_violation USING MESSAGE = TG_TABLE_NAME || ': ' || lower(TG_OP) || ' refused, for the proof';
    END
    $$
    """,
    *(
        f"""
        CREATE TRIGGER {table}_refer AFTER INSERT ON {table} REFERENCING NEW TABLE AS made
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_unknown_references()
        """
        for table in ("notices", "reminder_steps")
    ),
    """
    CREATE TRIGGER notices_keep_references
        BEFORE UPDATE OF obligation_id, channel, template_code, template_form, template_version ON notices
        FOR EACH ROW EXECUTE FUNCTION refuse_to_let_go()
    """,
    """
    CREATE TRIGGER reminder_steps_keep_references BEFORE UPDATE OF obligation_id ON reminder_steps
        FOR EACH ROW EXECUTE FUNCTION refuse_to_let_go()
    """,
    *(
        f"""
        CREATE TRIGGER {table}_stay BEFORE DELETE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_let_go()
        """
        for table in REFERRED_TO
    ),
)
DOWN = (
    *(f"DROP TRIGGER {table}_stay ON {table}" for table in REFERRED_TO),
    "DROP TRIGGER reminder_steps_keep_references ON reminder_steps",
    "DROP TRIGGER notices_keep_references ON notices",
    "DROP TRIGGER reminder_steps_refer ON reminder_steps",
    "DROP TRIGGER notices_refer ON notices",
    "DROP FUNCTION refuse_to_let_go",
    "DROP FUNCTION refuse_unknown_references",
)


def upgrade() -> None:
    """References are looked up in sets."""
    for table, key in KEYS:
        op.execute(f"ALTER TABLE {table} ALTER CONSTRAINT {key} NOT ENFORCED")
    op.execute("DROP INDEX inbox_changes_notice_id")  # served only the deletion of notices
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """References are looked up row by row, those of the rows that are there too."""
    for statement in DOWN:
        op.execute(statement)
    op.execute("CREATE INDEX inbox_changes_notice_id ON inbox_changes (notice_id)")
    for table, key in KEYS:
        op.execute(f"ALTER TABLE {table} ALTER CONSTRAINT {key} ENFORCED")
