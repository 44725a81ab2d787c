-- Tables of shared infrastructure, the same in each service's schema (created by its first migration).
CREATE TABLE outbox_events (
    id          uuid PRIMARY KEY,
    seq         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    type        text NOT NULL,
    payload     jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    traceparent text,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE outbox_deliveries (
    event_id     uuid NOT NULL REFERENCES outbox_events (id) ON DELETE CASCADE,
    subscriber   text NOT NULL,
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'acknowledged', 'failed')),
    sends        integer NOT NULL DEFAULT 0,
    rejections   integer NOT NULL DEFAULT 0,
    next_send_at timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    last_error   text,
    PRIMARY KEY (event_id, subscriber)
);
CREATE INDEX outbox_deliveries_due ON outbox_deliveries (next_send_at, event_id) WHERE state = 'waiting';
CREATE TABLE inbox (
    event_id    uuid NOT NULL,
    consumer    text NOT NULL,
    type        text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_id, consumer)
);
CREATE TABLE idempotency_keys (
    actor       text NOT NULL,
    key         text NOT NULL,
    route       text NOT NULL,
    body_hash   bytea NOT NULL,
    status      smallint NOT NULL,
    headers     jsonb NOT NULL,
    body        text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
CREATE TABLE failed_tasks (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    task        text NOT NULL,
    payload     jsonb NOT NULL,
    attempts    integer NOT NULL,
    error       text NOT NULL,
    failed_at   timestamptz NOT NULL DEFAULT now(),
    replayed_at timestamptz
);
CREATE UNIQUE INDEX failed_tasks_waiting ON failed_tasks (task, payload) WHERE replayed_at IS NULL;
CREATE TABLE audit_entries (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    at          timestamptz NOT NULL DEFAULT now(),
    actor       text NOT NULL,
    action      text NOT NULL,
    subject     text NOT NULL,
    subject_id  uuid NOT NULL,
    details     jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_entries_subject ON audit_entries (subject, subject_id, id);
