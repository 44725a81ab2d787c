"""How far the work behind a unit's duty is, from what was told (data/progress.json)."""

import json

from notifier.data import read_json
from notifier.domain.progress import read_works

_WORKS = json.dumps([work.as_row() for work in read_works(read_json("progress.json"))], ensure_ascii=False)

# The deeds' items begin with the id of the thing. What was begun has no year of its own: its day says it.
PROGRESS = """
    (SELECT jsonb_build_object('done', least(count(*) FILTER (WHERE t.done), count(*)), 'of', count(*),
                               'what', w.what_vi, 'what_en', w.what_en)
     FROM jsonb_to_recordset($works$<works>$works$) AS w (fulfilled_by text, begun_by text, done_by text,
                                                          lapsed_by text, what_vi text, what_en text)
     CROSS JOIN LATERAL (
         SELECT split_part(f.item, chr(58), 1) AS thing, bool_or(f.event_type = w.done_by) AS done
         FROM fulfilments f
         WHERE f.about = obligations.about AND f.event_type IN (w.begun_by, w.done_by) AND f.at < 'infinity'
           AND coalesce(f.year, extract(year FROM public.legal_date(f.at))) = obligations.year
         GROUP BY 1) t
     WHERE w.fulfilled_by = ANY (obligations.fulfilled_by) AND obligations.person_id IS NULL
       AND obligations.producer_id IS NULL AND obligations.about = obligations.unit_code
       AND (t.done OR NOT EXISTS (SELECT FROM fulfilments gone
                                  WHERE gone.about = t.thing AND gone.event_type = w.lapsed_by))
     GROUP BY w.what_vi, w.what_en HAVING count(*) > 0 LIMIT 1)
""".replace("<works>", _WORKS)
"""SQL: JSON of `done`, `of` and what is counted, for a row of `obligations`; NULL where nothing says it."""
