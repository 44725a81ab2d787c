"""How a notice finds its channel: one fragment of SQL for reminders, silences and what follows a failure."""

_WORDS = """
    words AS MATERIALIZED (
        SELECT DISTINCT ON (t.code, t.form) t.code, t.form, t.version FROM notice_templates t
        WHERE t.valid_from <= :today AND t.state = 'approved' ORDER BY t.code, t.form, t.version DESC
    )"""
"""CTE `words`: the version of each template in force, by form; only what is approved. Needs :today."""

_ROUTED = """
    links AS (
        SELECT t.told, c.n AS chain, l.n AS link, l.channel, ch.form, ch.sends, w.version AS words_version,
               CASE WHEN ch.sends THEN coalesce(e.address, p.address, office.organisation) END AS address,
               CASE WHEN w.version IS NULL THEN 'no_template' WHEN NOT ch.sends THEN NULL
                    WHEN NOT ch.offered THEN 'not_offered'
                    WHEN m.enabled AND t.person_id <> ALL(m.people) THEN 'test_mode'
                    WHEN e.address IS NOT NULL OR office.organisation IS NOT NULL THEN NULL
                    WHEN p.obstacle IS NOT NULL THEN p.obstacle
                    WHEN p.address IS NULL THEN 'no_address' END AS obstacle
        FROM told t
        CROSS JOIN LATERAL jsonb_array_elements(t.chains) WITH ORDINALITY AS c (links, n)
        CROSS JOIN LATERAL jsonb_array_elements_text(c.links) WITH ORDINALITY AS l (channel, n)
        JOIN channels ch ON ch.code = l.channel
        LEFT JOIN LATERAL (  -- by index: joined plainly, the whole view would be made for each batch
            SELECT * FROM contact_points p WHERE p.person_id = t.person_id AND p.channel = l.channel) p ON true
        CROSS JOIN test_modes m
        LEFT JOIN LATERAL (SELECT t.email AS address WHERE l.channel = 'email' AND (
            p.person_id IS NULL OR p.obstacle = 'address_dead' AND p.address <> t.email)) e ON true
        LEFT JOIN LATERAL (  -- a document goes to the unit whose office the person holds
            SELECT x.organisation FROM appointment_projections a
            JOIN eoffice_organisations x ON x.unit_code = a.unit_code
            WHERE ch.form = 'document' AND a.person_id = t.person_id
            ORDER BY a.revision DESC, a.id LIMIT 1) office ON true
        LEFT JOIN words w ON w.code = t.template_code AND w.form = ch.form
    ), routed AS (
        SELECT DISTINCT ON (told, chain) told, channel, form, sends, words_version, address, obstacle,
               coalesce(array_agg(channel) FILTER (WHERE obstacle IS NULL)
                        OVER (PARTITION BY told, chain ORDER BY link
                              ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), '{}') AS fallbacks
        FROM links ORDER BY told, chain, (obstacle IS NOT NULL), link
    )"""
"""CTEs `links` and `routed`, after `told` (told: its key, person_id, email, template_code, chains) and `words`.

`routed` has one row for each chain: its first channel that can reach the person, with the usable ones after it, or
the chain's first channel and what stands against it. An e-mail address that nobody entered, or the newer one where
the entered one is dead, is the appointment's.
"""


def with_routes(sql: str) -> str:
    """A statement with `<words>` and `<routed>` filled in."""
    return sql.replace("<words>", _WORDS.strip()).replace("<routed>", _ROUTED.strip())
