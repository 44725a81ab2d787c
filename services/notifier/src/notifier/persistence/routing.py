"""How a notice finds its channel: one fragment of SQL for reminders, silences and what follows a failure."""

_WORDS = """
    words AS MATERIALIZED (
        SELECT DISTINCT ON (t.code, t.form, t.language) t.code, t.form, t.language, t.version FROM notice_templates t
        WHERE t.valid_from <= :today AND t.state = 'approved' ORDER BY t.code, t.form, t.language, t.version DESC
    )"""
"""CTE `words`: the version of each template in force, by form and language; only what is approved. Needs :today."""

_ROUTED = """
    topical AS MATERIALIZED (  -- the topic is looked up once for each, and only for who declines something
        SELECT t.*, CASE WHEN EXISTS (SELECT FROM opt_outs o WHERE o.person_id = t.person_id)
                         THEN topic_of(t.kind, t.duty_code) END AS topic
        FROM told t
    ), chained AS (
        SELECT t.*, CASE WHEN NOT t.chains @> '[["inbox"]]' AND EXISTS (
                   SELECT FROM opt_outs o JOIN notice_topics n ON n.code = o.topic AND n.may_leave
                   WHERE o.person_id = t.person_id AND o.topic = t.topic
                     AND t.chains @> jsonb_build_array(jsonb_build_array(o.channel)))
               THEN t.chains || '[["inbox"]]' ELSE t.chains END AS all_chains
        FROM topical t
    ), links AS (
        SELECT t.told, c.n AS chain, l.n AS link, l.channel, ch.form, ch.sends,
               coalesce(chosen.version, w.version) AS words_version, coalesce(chosen.language, 'vi') AS language,
               CASE WHEN ch.sends THEN coalesce(e.address, p.address, office.organisation) END AS address,
               CASE WHEN w.version IS NULL THEN 'no_template' WHEN NOT ch.sends THEN NULL
                    WHEN declined.since IS NOT NULL AND shown.version IS NOT NULL THEN 'opted_out'
                    WHEN NOT ch.offered THEN 'not_offered'
                    WHEN m.enabled AND t.person_id <> ALL(m.people) THEN 'test_mode'
                    WHEN e.address IS NOT NULL OR office.organisation IS NOT NULL THEN NULL
                    WHEN p.obstacle IS NOT NULL THEN p.obstacle
                    WHEN p.address IS NULL THEN 'no_address' END AS obstacle
        FROM chained t
        CROSS JOIN LATERAL jsonb_array_elements(t.all_chains) WITH ORDINALITY AS c (links, n)
        CROSS JOIN LATERAL jsonb_array_elements_text(c.links) WITH ORDINALITY AS l (channel, n)
        JOIN channels ch ON ch.code = l.channel
        LEFT JOIN LATERAL (  -- by index: joined plainly, the whole view would be made for each batch
            SELECT * FROM contact_points p WHERE p.person_id = t.person_id AND p.channel = l.channel) p ON true
        CROSS JOIN test_modes m
        LEFT JOIN LATERAL (
            SELECT t.email AS address WHERE l.channel = 'email' AND (
                p.person_id IS NULL OR p.obstacle IN ('not_verified', 'address_dead'))
            AND NOT EXISTS (SELECT FROM contacts d WHERE d.person_id = t.person_id AND d.channel = 'email'
                            AND d.address = t.email AND d.dead_at IS NOT NULL)) e ON true
        LEFT JOIN LATERAL (
            SELECT o.since FROM opt_outs o JOIN notice_topics n ON n.code = o.topic AND n.may_leave
            WHERE o.person_id = t.person_id AND o.channel = l.channel AND o.topic = t.topic) declined ON true
        LEFT JOIN LATERAL (  -- a document goes to the unit whose office the person holds
            SELECT x.organisation FROM appointment_projections a
            JOIN eoffice_organisations x ON x.unit_code = a.unit_code
            WHERE ch.form = 'document' AND a.person_id = t.person_id
            ORDER BY a.revision DESC, a.id LIMIT 1) office ON true
        LEFT JOIN words w ON w.code = t.template_code AND w.form = ch.form AND w.language = 'vi'
        LEFT JOIN words shown ON shown.code = t.template_code AND shown.form = 'mail' AND shown.language = 'vi'
        LEFT JOIN person_settings mine ON mine.person_id = t.person_id AND mine.language <> 'vi'
        LEFT JOIN words chosen ON chosen.code = t.template_code AND chosen.form = ch.form
                              AND chosen.language = mine.language
    ), routed AS (
        SELECT DISTINCT ON (told, chain) told, channel, form, sends, words_version, language, address, obstacle,
               coalesce(array_agg(channel) FILTER (WHERE obstacle IS NULL)
                        OVER (PARTITION BY told, chain ORDER BY link
                              ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), '{}') AS fallbacks
        FROM links ORDER BY told, chain, (obstacle IS NOT NULL), link
    )"""
"""CTEs `topical`, `chained`, `links` and `routed`, after `told` and `words`.

`told` has its key (told), person_id, email, kind, duty_code (null where there is none), template_code, chains.

`routed` has one row for each chain: its first channel that can reach the person, with the usable ones after it, or
the chain's first channel and what stands against it. Where no entered e-mail address can be used, it is the
appointment's, unless that is dead too. What a person declines where it may be declined is passed over, and put into
the inbox besides where no chain does: were there no words for the inbox, it would not be passed over. Words are the
person's language where there are any in it, else Vietnamese.
"""


_STANDING_IN = """
    coalesce(CASE r.language WHEN 'en' THEN ' (for ' ELSE ' (thay ' END || t.absent_name || ')', '')
"""
"""What follows the recipient's name in the words where he stands in for somebody."""


_LIFE = """
    state, reason, made_at, sent_at, attempts, refusals, most_tries, first_retry_seconds, longest_retry_seconds,
            next_try_at, leased_until, give_up_at
"""
"""Columns of how a notice begins its life; `<begun>` has their values."""
_BEGUN = """
    CASE WHEN r.obstacle IS NOT NULL THEN 'skipped' WHEN r.sends THEN 'created' ELSE 'sent' END, r.obstacle,
               :now, CASE WHEN r.obstacle IS NULL AND NOT r.sends THEN CAST(:now AS timestamptz) END,
               0, 0, p.most_tries, p.first_retry_seconds, p.longest_retry_seconds, now(), now(),
               now() + make_interval(secs => p.give_up_seconds)
"""
"""A notice that can be sent now: its route is `r`, the policy whose tries it has `p`. Needs :now."""


def with_routes(sql: str) -> str:
    """A statement with `<words>`, `<routed>`, `<standing in>`, `<life>` and `<begun>` filled in."""
    parts = {
        "<words>": _WORDS,
        "<routed>": _ROUTED,
        "<standing in>": _STANDING_IN,
        "<life>": _LIFE,
        "<begun>": _BEGUN,
    }
    for place, part in parts.items():
        sql = sql.replace(place, part.strip())
    return sql
