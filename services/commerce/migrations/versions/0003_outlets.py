"""Outlets and their stock."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OUTLETS = """
CREATE TABLE outlets (
    id             uuid CONSTRAINT outlets_pkey PRIMARY KEY,
    kind           text NOT NULL,
    name           text NOT NULL,
    commune_code   text NOT NULL,
    commune_name   text NOT NULL,
    address        text NOT NULL,
    operator       text NOT NULL,
    unit_code      text NOT NULL,
    province_code  text NOT NULL,
    opened_on      date NOT NULL,
    closed_on      date,
    closing_reason text,
    recorded_by    uuid NOT NULL,
    sort_key       text NOT NULL GENERATED ALWAYS AS (vi_fold(name)) STORED,
    folded         text NOT NULL GENERATED ALWAYS AS
        (translate(vi_fold(name || ' ' || address || ' ' || commune_name), '''', '')) STORED,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    version        integer NOT NULL,
    CONSTRAINT outlets_kind_check CHECK (kind IN ('outlet', 'centre')),
    CONSTRAINT outlets_life_check CHECK (closed_on >= opened_on),
    CONSTRAINT outlets_closing_check CHECK ((closed_on IS NULL) = (closing_reason IS NULL))
)
"""

STOCK = """
CREATE TABLE outlet_stock (
    id          uuid CONSTRAINT outlet_stock_pkey PRIMARY KEY,
    outlet_id   uuid NOT NULL CONSTRAINT outlet_stock_outlet_id_fkey REFERENCES outlets (id),
    product_id  uuid NOT NULL,
    stocked_on  date NOT NULL,
    recorded_by uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outlet_stock_outlet_id_product_id_key UNIQUE (outlet_id, product_id)
)
"""


def upgrade() -> None:
    """Create them."""
    op.execute(OUTLETS)
    op.execute("CREATE INDEX outlets_order ON outlets (sort_key, id)")
    op.execute("CREATE INDEX outlets_unit ON outlets (unit_code)")
    op.execute("CREATE INDEX outlets_province ON outlets (province_code)")
    op.execute("CREATE UNIQUE INDEX outlets_open_name ON outlets (commune_code, vi_fold(name)) WHERE closed_on IS NULL")
    op.execute("CREATE INDEX outlets_search ON outlets USING gin (folded gin_trgm_ops)")
    op.execute(STOCK)
    op.execute("CREATE INDEX outlet_stock_product ON outlet_stock (product_id)")


def downgrade() -> None:
    """Drop them."""
    for table in ("outlet_stock", "outlets"):
        op.execute(f"DROP TABLE {table}")
