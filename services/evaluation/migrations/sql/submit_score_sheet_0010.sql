-- Submits one score sheet in one round trip: idempotency key, standing, sheet, answers, event and stored reply commit
-- together. It behaves as shared.http.idempotency.Once does. A refusal writes nothing and is told by `outcome`:
--   replay, key_reused, in_flight        as Once (the stored reply comes with `replay`)
--   not_found                            unknown round or dossier, or the caller has no seat in its council
--   recused, already_submitted           the caller stood aside; his sheet is in
--   left                                 the dossier left the round: returned for repair, taken out or moved
--   planned, closed                      the state of a round that takes no sheets
--   faulty                               the caller may submit, but `p_faulty` says the sheet is not valid
--   stored                               done
-- The round's row is held FOR SHARE, so that closing, which takes it FOR UPDATE, sees all sheets or comes first.
-- The sheet is signed: the person, this database's instant, the hash of the content and the statement he made with it.
-- Each statement sees what committed before it (READ COMMITTED), hence after the lock it took before.
CREATE FUNCTION submit_score_sheet(
    p_actor uuid, p_key text, p_route text, p_body_hash bytea,
    p_id uuid, p_round uuid, p_dossier uuid, p_sheet_hash text, p_faulty boolean,
    p_total integer, p_part_totals jsonb, p_remarks text,
    p_criteria text[], p_choices text[], p_points integer[], p_notes text[],
    p_answer jsonb, p_event uuid, p_event_type text, p_subscribers text[], p_traceparent text,
    p_content_hash text DEFAULT NULL, p_statement text DEFAULT NULL,
    OUT outcome text, OUT told_status integer, OUT told_headers text, OUT told_body text
) LANGUAGE plpgsql AS $$
DECLARE
    alone boolean := pg_try_advisory_xact_lock(hashtextextended(p_actor::text || ' ' || p_key, 0));
    kept idempotency_keys%ROWTYPE;
    round_state text;
    standing record;
    at_instant timestamptz;
BEGIN
    SELECT * INTO kept FROM idempotency_keys k WHERE k.actor = p_actor::text AND k.key = p_key;
    IF FOUND THEN
        IF (kept.route, kept.body_hash) IS DISTINCT FROM (p_route, p_body_hash) THEN
            outcome := 'key_reused';
        ELSE
            outcome := 'replay';
            told_status := kept.status;
            told_headers := kept.headers::text;
            told_body := kept.body;
        END IF;
        RETURN;
    END IF;
    IF NOT alone THEN
        outcome := 'in_flight';
        RETURN;
    END IF;

    SELECT r.state INTO round_state FROM rounds r
    WHERE r.id = p_round AND EXISTS (
        SELECT FROM council_members m WHERE m.council_id = r.council_id AND m.person_id = p_actor
    ) FOR SHARE OF r;
    IF NOT FOUND THEN
        outcome := 'not_found';
        RETURN;
    END IF;
    SELECT rd.attempt, rd.sheet_hash, rd.left_at IS NOT NULL AS has_left,
        EXISTS (
            SELECT FROM conflicts c
            WHERE c.round_id = p_round AND c.dossier_id = p_dossier AND c.member_id = p_actor AND c.excluded
        ) AS recused,
        EXISTS (
            SELECT FROM score_sheets s WHERE s.round_id = p_round AND s.dossier_id = p_dossier
            AND s.member_id = p_actor AND s.attempt = rd.attempt
        ) AS submitted
    INTO standing FROM round_dossiers rd WHERE rd.round_id = p_round AND rd.dossier_id = p_dossier;
    outcome := CASE
        WHEN NOT FOUND THEN 'not_found'
        WHEN standing.recused THEN 'recused'
        WHEN standing.has_left THEN 'left'
        WHEN round_state <> 'open' THEN round_state
        WHEN standing.submitted THEN 'already_submitted'
        WHEN p_faulty THEN 'faulty'
    END;
    IF outcome IS NOT NULL THEN
        RETURN;
    END IF;
    IF standing.sheet_hash <> p_sheet_hash THEN
        RAISE EXCEPTION 'sheet % is not the one frozen for this dossier', p_sheet_hash;
    END IF;

    at_instant := programme_now();
    INSERT INTO score_sheets
        (id, round_id, dossier_id, member_id, attempt, total, part_totals, remarks, sheet_hash, submitted_at,
        content_hash, statement)
    VALUES (p_id, p_round, p_dossier, p_actor, standing.attempt, p_total, p_part_totals, p_remarks, p_sheet_hash,
        at_instant, p_content_hash, p_statement)
    ON CONFLICT ON CONSTRAINT score_sheets_one_each_key DO NOTHING;
    IF NOT FOUND THEN
        outcome := 'already_submitted';
        RETURN;
    END IF;
    INSERT INTO score_choices (sheet_id, criterion, choice, points, note)
    SELECT p_id, a.criterion, a.choice, a.points, a.note
    FROM unnest(p_criteria, p_choices, p_points, p_notes) AS a(criterion, choice, points, note);
    DELETE FROM score_drafts d WHERE d.round_id = p_round AND d.dossier_id = p_dossier AND d.member_id = p_actor;
    INSERT INTO outbox_events (id, type, payload, occurred_at, traceparent)
    VALUES (p_event, p_event_type, jsonb_build_object('round_id', p_round, 'dossier_id', p_dossier,
        'member_id', p_actor, 'submitted_at', at_instant), at_instant, p_traceparent);
    INSERT INTO outbox_deliveries (event_id, subscriber) SELECT p_event, unnest(p_subscribers);

    outcome := 'stored';
    told_status := 201;
    told_headers := '{}';
    told_body := (p_answer || jsonb_build_object('attempt', standing.attempt, 'submitted_at', at_instant))::text;
    INSERT INTO idempotency_keys (actor, key, route, body_hash, status, headers, body)
    VALUES (p_actor::text, p_key, p_route, p_body_hash, told_status, told_headers::jsonb, told_body);
END $$
