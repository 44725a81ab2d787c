"""Sending notices: lease, claim, record, follow. Nothing here holds a connection while a message is on its way."""

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.deliveries import Letter, retry_seconds
from notifier.persistence.routing import with_routes

LEASE_SECONDS = 30
SENDING_SECONDS = 60
"""A claim older than this belongs to a worker that died: no task may run longer than 25 s."""
PATIENCE_SECONDS = 30
"""What may still be on its way is not asked about."""
GUARD_MARGIN_SECONDS = 3600
"""The provider's clock and ours may differ: no message is sent again near the end of its guard."""

_LEASE = text(
    """
    UPDATE notices SET leased_until = now() + make_interval(secs => :lease)
    WHERE id IN (SELECT id FROM notices
                 WHERE channel = :channel AND state = 'created' AND next_try_at <= now() AND leased_until <= now()
                 ORDER BY notice_priority(kind, step), next_try_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
      AND EXISTS (SELECT FROM channels WHERE code = :channel AND paused_at IS NULL AND offered)
    RETURNING id
    """
)
# What makes the notice pointless is looked up live: a duty met a moment ago is not reminded of, and a digest lists what
# is owed now. The days are counted anew, for a notice that waited while its provider was down. In quiet hours it waits
# for their end, and lives so much longer; what cannot wait, and what a provider is asked about, does not.
_CLAIM = text(
    """
    WITH lines AS MATERIALIZED (
        SELECT l.member, l.obstacle, l.item FROM notices n CROSS JOIN LATERAL digest_lines(n.id, programme_now()) l
        WHERE n.id = :id AND n.kind = 'digest'
    ), found AS MATERIALIZED (
        SELECT n.id, CASE
            WHEN n.give_up_at <= now() THEN 'gave_up'
            WHEN m.enabled AND n.person_id <> ALL(m.people) THEN 'test_mode'
            WHEN b.to_on < public.legal_date(programme_now()) THEN 'absence_over'
            WHEN n.step = 0 AND b.cancelled_at IS NOT NULL THEN 'absence_cancelled'
            WHEN n.kind = 'digest' AND NOT EXISTS (SELECT FROM lines WHERE lines.obstacle IS NULL) THEN 'nothing_left'
            WHEN o.id IS NULL THEN NULL
            WHEN o.state NOT IN ('open', 'missed') THEN o.state
            WHEN o.due_on IS DISTINCT FROM n.due_on THEN 'deadline_moved'
            WHEN n.step <= 0 AND o.due_at <= programme_now() THEN 'deadline_passed'
            WHEN (SELECT count(DISTINCT item) FROM obligation_fulfilments f WHERE f.obligation_id = o.id) >= o.total
                THEN 'met'
            END AS obstacle,
            CASE WHEN n.step <= 0 THEN o.due_at - programme_now() END AS until_due,
            CASE WHEN c.form <> 'document' AND notice_priority(n.kind, n.step) > 0 AND n.uncertain_at IS NULL
                      AND EXISTS (SELECT FROM reminder_policies q WHERE quiet_until(q, programme_now()) IS NOT NULL)
                 THEN notice_quiet_until(n, programme_now()) - programme_now() END AS quiet,
            (SELECT t.code FROM notice_topics t WHERE t.code = topic_of(n.kind, o.code) AND t.may_leave) AS topic,
            CASE WHEN o.id IS NOT NULL THEN jsonb_build_object(
                     'days_left', n.due_on - public.legal_date(programme_now()),
                     'days_late', public.legal_date(programme_now()) - n.due_on)
                 WHEN EXISTS (SELECT FROM lines WHERE lines.obstacle IS NULL) THEN jsonb_build_object(
                     'day', public.legal_date(programme_now()),
                     'items', (SELECT jsonb_agg(item ORDER BY item ->> 'due_on', item ->> 'title', member)
                               FROM lines WHERE lines.obstacle IS NULL))
                 ELSE '{}' END AS today
        FROM notices n JOIN channels c ON c.code = n.channel CROSS JOIN test_modes m
        LEFT JOIN obligations o ON o.id = n.obligation_id
        LEFT JOIN absences b ON b.id = n.absence_id
        WHERE n.id = :id AND n.state = 'created' AND n.next_try_at <= now()
        FOR UPDATE OF n SKIP LOCKED
    ), judged AS (
        SELECT found.*, found.obstacle IS NULL AND found.quiet IS NOT NULL AS waits FROM found
    ), dropped AS (
        UPDATE notices m SET state = 'cancelled', reason = lines.obstacle
        FROM lines CROSS JOIN found WHERE m.id = lines.member AND lines.obstacle IS NOT NULL
    )
    UPDATE notices n
    SET state = CASE WHEN judged.waits THEN 'created' WHEN judged.obstacle IS NULL THEN 'sending'
                     WHEN n.uncertain_at IS NOT NULL THEN 'unknown'
                     WHEN judged.obstacle = 'gave_up' THEN 'failed'
                     WHEN judged.obstacle = 'test_mode' THEN 'skipped' ELSE 'cancelled' END,
        parameters = n.parameters || judged.today, reason = judged.obstacle,
        attempts = n.attempts + (NOT judged.waits)::integer,
        claimed_at = CASE WHEN judged.waits THEN n.claimed_at ELSE now() END,
        next_try_at = CASE WHEN judged.waits THEN now() + judged.quiet ELSE n.next_try_at END,
        leased_until = CASE WHEN judged.waits THEN now() ELSE n.leased_until END,
        give_up_at = CASE WHEN judged.waits THEN n.give_up_at + judged.quiet ELSE n.give_up_at END
    FROM judged, notice_templates t
    WHERE n.id = judged.id
      AND t.code = n.template_code AND t.form = n.template_form AND t.version = n.template_version
    RETURNING n.id, n.kind, n.state, n.attempts, n.most_tries, n.first_retry_seconds, n.longest_retry_seconds,
              n.channel, n.recipient_name, n.address, n.parameters, t.subject, t.body, t.html,
              t.fields, t.provider_template, n.step, n.obligation_id, judged.topic,
              extract(epoch FROM least(n.give_up_at - now(), judged.until_due))::integer AS seconds_left
    """
)
_SENT = text(
    """
    UPDATE notices SET state = 'sent', sent_at = programme_now(), reason = NULL, last_error = NULL,
                       provider_reference = :reference, segments = CAST(:segments AS integer),
                       cost = CAST(:segments AS integer)
                              * (SELECT c.price FROM channels c WHERE c.code = notices.channel)
    WHERE id = :id AND attempts = :attempt AND state IN ('sending', 'unknown')
    """
)
_HANDED = text(
    """
    UPDATE notices SET state = 'handed', reason = NULL, last_error = NULL, provider_reference = :reference
    WHERE id = :id AND attempts = :attempt AND state IN ('sending', 'unknown')
    RETURNING document_id
    """
)
_REFUSED = text(
    """
    UPDATE notices
    SET refusals = refusals + 1, last_error = :error,
        state = CASE WHEN :final OR refusals + 1 >= most_tries THEN 'failed' ELSE 'created' END,
        reason = CASE WHEN :final OR refusals + 1 >= most_tries THEN :reason END,
        next_try_at = now() + make_interval(secs => :pause), leased_until = now()
    WHERE id = :id AND attempts = :attempt AND state = 'sending'
    """
)
_POSTPONED = text(
    """
    UPDATE notices
    SET state = 'created', last_error = :error, leased_until = now(),
        next_try_at = now() + make_interval(secs => :pause)
    WHERE id = :id AND attempts = :attempt AND state = 'sending'
    """
)
_UNKNOWN = text(
    """
    UPDATE notices SET state = 'unknown', reason = 'unconfirmed', last_error = :error,
                       uncertain_at = coalesce(uncertain_at, claimed_at)
    WHERE id = :id AND attempts = :attempt AND state = 'sending'
    """
)
_GIVE_UP = text(
    """
    UPDATE notices
    SET state = CASE WHEN state = 'sending' OR uncertain_at IS NOT NULL THEN 'unknown' ELSE 'failed' END,
        reason = CASE state WHEN 'sending' THEN 'worker_died' ELSE 'gave_up' END,
        uncertain_at = CASE state WHEN 'sending' THEN coalesce(uncertain_at, claimed_at) ELSE uncertain_at END
    WHERE id IN (
        SELECT id FROM notices
        WHERE (state = 'sending' AND claimed_at < now() - make_interval(secs => :sending))
           OR (state = 'created' AND give_up_at <= now())
        ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
    """
)

# Where a provider takes no second message with the same reference, sending again is how it is asked: it answers that
# it has it, or takes it now. Each asking counts as a try. Elsewhere a receipt may still come; then a person is asked.
_ASK = text(
    """
    UPDATE notices n
    SET state = 'created', refusals = n.refusals + 1, next_try_at = now(), leased_until = now()
    FROM channels c
    WHERE n.state = 'unknown' AND c.code = n.channel AND n.reason IN ('unconfirmed', 'worker_died')
      AND n.claimed_at < now() - make_interval(secs => :patience) AND n.refusals + 1 < n.most_tries
      AND now() < least(n.give_up_at, n.uncertain_at + make_interval(secs => c.guard_seconds - :margin))
    """
)
_ALERT = text(
    """
    UPDATE notices n SET alerted_at = now()
    FROM channels c
    WHERE n.state = 'unknown' AND n.alerted_at IS NULL AND c.code = n.channel
      AND CASE WHEN c.guard_seconds > 0
               THEN n.refusals + 1 >= n.most_tries OR n.reason NOT IN ('unconfirmed', 'worker_died')
                    OR now() >= least(n.give_up_at, n.uncertain_at + make_interval(secs => c.guard_seconds - :margin))
               ELSE n.claimed_at < now() - make_interval(secs => coalesce(c.delivered_within_seconds, 0)) END
    RETURNING n.id, n.channel
    """
)
# The person is told by the next channel of the chain that reaches him now; the failed notice stays as it is. So does
# one that was sent and is not known to have arrived in the time its channel gives.
_FOLLOW = text(
    with_routes("""
    WITH <words>, ended AS MATERIALIZED (
        SELECT n.* FROM notices n LEFT JOIN obligations o ON o.id = n.obligation_id
        WHERE n.id IN (
                SELECT id FROM notices WHERE state = 'failed' AND NOT followed AND fallbacks <> '{}'
                UNION ALL
                SELECT late.id FROM channels c JOIN notices late ON late.channel = c.code
                WHERE late.state = 'sent' AND NOT late.followed AND late.fallbacks <> '{}'
                  AND late.claimed_at < now() - make_interval(secs => c.delivered_within_seconds))
          AND NOT n.followed AND n.state IN ('failed', 'sent')
          AND (o.id IS NULL OR o.state IN ('open', 'missed'))
        ORDER BY n.id LIMIT :limit FOR UPDATE OF n SKIP LOCKED
    ), told AS MATERIALIZED (
        SELECT n.id AS told, n.person_id, n.kind, n.template_code,
               (SELECT o.code FROM obligations o WHERE o.id = n.obligation_id
                UNION ALL SELECT s.code FROM silences s WHERE s.id = n.silence_id) AS duty_code,
               jsonb_build_array(to_jsonb(n.fallbacks)) AS chains,
               (SELECT a.email FROM appointment_projections a WHERE a.person_id = n.person_id
                ORDER BY a.revision DESC, a.id LIMIT 1) AS email
        FROM ended n
    ), <routed>, made AS (
        INSERT INTO notices (
            id, obligation_id, silence_id, report_id, absence_id, due_on, step, kind, unit_code, person_id,
            recipient_name, in_place_of, address, channel, fallbacks, follows, template_code, template_form,
            template_version, parameters, turn, state, reason, made_at, sent_at, attempts, refusals, most_tries,
            first_retry_seconds, longest_retry_seconds, next_try_at, leased_until, give_up_at)
        SELECT uuidv7(), n.obligation_id, n.silence_id, n.report_id, n.absence_id, n.due_on, n.step, n.kind,
               n.unit_code, n.person_id, n.recipient_name, n.in_place_of, r.address, r.channel, r.fallbacks, n.id,
               n.template_code, r.form, r.words_version, n.parameters,
               CASE r.channel WHEN n.channel THEN n.turn + 1 ELSE 0 END,
               CASE WHEN r.obstacle IS NOT NULL THEN 'skipped' WHEN r.sends THEN 'created' ELSE 'sent' END, r.obstacle,
               programme_now(), CASE WHEN r.obstacle IS NULL AND NOT r.sends THEN programme_now() END,
               0, 0, n.most_tries, n.first_retry_seconds, n.longest_retry_seconds, now(), now(),
               now() + (n.give_up_at - n.created_at)
        FROM routed r JOIN ended n ON n.id = r.told
        WHERE r.words_version IS NOT NULL
        ON CONFLICT ON CONSTRAINT notices_once DO NOTHING
    )
    UPDATE notices SET followed = true WHERE id IN (SELECT id FROM ended)
    """)
)


class DeliveryRepository:
    """The life of a notice between `created` and its end."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lease(self, channel: str, limit: int) -> list[UUID]:
        """Notices of a channel to put into the task queue, the urgent first; none while it is paused.

        Each comes again after the lease, in case Redis lost it.
        """
        rows = await self._session.execute(_LEASE, {"channel": channel, "lease": LEASE_SECONDS, "limit": limit})
        return list(rows.scalars())

    async def claim(self, notice_id: UUID) -> Letter | None:
        """Mark the notice as being sent and return it; None when another has it, or it is not to be sent now."""
        row = (await self._session.execute(_CLAIM, {"id": notice_id})).one_or_none()
        if row is None or row.state != "sending":
            return None
        return Letter(
            notice_id=row.id,
            attempt=row.attempts,
            most_tries=row.most_tries,
            first_retry_seconds=row.first_retry_seconds,
            longest_retry_seconds=row.longest_retry_seconds,
            kind=row.kind,
            channel=row.channel,
            name=row.recipient_name,
            address=row.address,
            subject=row.subject,
            body=row.body,
            html=row.html,
            parameters=row.parameters,
            fields=row.fields,
            provider_template=row.provider_template,
            step=row.step,
            about=row.obligation_id,
            seconds_left=row.seconds_left,
            may_leave=row.topic is not None,
        )

    async def record_sent(self, letter: Letter, reference: str | None = None, segments: int = 1) -> None:
        """The provider took it. Also ends `unknown`, should the answer come after the claim had timed out."""
        values = {"id": letter.notice_id, "attempt": letter.attempt, "reference": reference, "segments": segments}
        await self._session.execute(_SENT, values)

    async def record_handed(self, letter: Letter, reference: str | None) -> UUID | None:
        """An e-office has it, and has yet to send it; returns the document it became."""
        values = {"id": letter.notice_id, "attempt": letter.attempt, "reference": reference}
        row = (await self._session.execute(_HANDED, values)).one_or_none()
        return row.document_id if row else None

    async def record_refused(self, letter: Letter, error: str, *, final: bool = False, reason: str = "refused") -> None:
        """The provider refused it: tried again later, and `failed` after the policy's tries, or at once if `final`."""
        values = {"id": letter.notice_id, "attempt": letter.attempt, "error": error, "pause": retry_seconds(letter)}
        await self._session.execute(_REFUSED, values | {"final": final, "reason": reason})

    async def record_postponed(self, letter: Letter, error: str) -> None:
        """The provider was not reached: tried again later, until the policy's time is over; no try is used up."""
        values = {"id": letter.notice_id, "attempt": letter.attempt, "error": error, "pause": retry_seconds(letter)}
        await self._session.execute(_POSTPONED, values)

    async def record_unknown(self, letter: Letter, error: str) -> None:
        """The connection broke after the text had left: it may have arrived, so it is never sent again by itself."""
        await self._session.execute(_UNKNOWN, {"id": letter.notice_id, "attempt": letter.attempt, "error": error})

    async def follow(self, limit: int) -> None:
        """For what failed, a notice through the next channel of its chain; each failure is followed once."""
        await self._session.execute(_FOLLOW, {"limit": limit, "today": await self._today()})

    async def _today(self) -> date:
        today: date = (await self._session.execute(text("SELECT public.legal_date(programme_now())"))).scalar_one()
        return today

    async def ask(self) -> list[tuple[UUID, str]]:
        """Send again what may or may not have left where that is safe; returns what a person must look into now."""
        await self._session.execute(_ASK, {"patience": PATIENCE_SECONDS, "margin": GUARD_MARGIN_SECONDS})
        rows = await self._session.execute(_ALERT, {"margin": GUARD_MARGIN_SECONDS})
        return [(row.id, row.channel) for row in rows]

    async def give_up(self) -> None:
        """End what outlived its time: a dead worker's claim as `unknown`, a notice past its life as `failed`."""
        await self._session.execute(_GIVE_UP, {"sending": SENDING_SECONDS})
