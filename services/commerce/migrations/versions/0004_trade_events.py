"""Fairs, promotion abroad, conferences, meetings, and who took part."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

EVENTS = """
CREATE TABLE trade_events (
    id            uuid CONSTRAINT trade_events_pkey PRIMARY KEY,
    kind          text NOT NULL,
    name          text NOT NULL,
    place         text NOT NULL,
    province_code text NOT NULL,
    starts_on     date NOT NULL,
    ends_on       date NOT NULL,
    sales         bigint,
    contracts     integer,
    summary       text,
    recorded_by   uuid NOT NULL,
    folded        text NOT NULL GENERATED ALWAYS AS (translate(vi_fold(name || ' ' || place), '''', '')) STORED,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    version       integer NOT NULL,
    CONSTRAINT trade_events_kind_check CHECK
        (kind IN ('themed_fair', 'promotion_abroad', 'conference', 'supply_demand_meeting')),
    CONSTRAINT trade_events_days_check CHECK (ends_on >= starts_on),
    CONSTRAINT trade_events_result_check CHECK ((sales IS NULL) = (summary IS NULL)),
    CONSTRAINT trade_events_contracts_with_result_check CHECK (contracts IS NULL OR sales IS NOT NULL),
    CONSTRAINT trade_events_amounts_check CHECK (sales >= 0 AND contracts >= 0)
)
"""

PARTICIPATIONS = """
CREATE TABLE trade_event_participations (
    id             uuid CONSTRAINT trade_event_participations_pkey PRIMARY KEY,
    trade_event_id uuid NOT NULL
        CONSTRAINT trade_event_participations_trade_event_id_fkey REFERENCES trade_events (id),
    product_id     uuid NOT NULL,
    producer_id    uuid NOT NULL,
    certificate_id uuid NOT NULL,
    recorded_by    uuid NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT trade_event_participations_trade_event_id_product_id_key UNIQUE (trade_event_id, product_id)
)
"""


def upgrade() -> None:
    """Create them."""
    op.execute(EVENTS)
    op.execute("CREATE INDEX trade_events_order ON trade_events (starts_on, id)")
    op.execute("CREATE INDEX trade_events_search ON trade_events USING gin (folded gin_trgm_ops)")
    op.execute(PARTICIPATIONS)
    op.execute("CREATE INDEX trade_event_participations_product ON trade_event_participations (product_id)")


def downgrade() -> None:
    """Drop them."""
    for table in ("trade_event_participations", "trade_events"):
        op.execute(f"DROP TABLE {table}")
