"""Revenue and profit figures, and the growth measured from them."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FIGURES = """
CREATE TABLE figures (
    id          uuid CONSTRAINT figures_pkey PRIMARY KEY,
    product_id  uuid NOT NULL
        CONSTRAINT figures_product_id_fkey REFERENCES product_projection (product_id),
    period_from date NOT NULL,
    period_to   date NOT NULL,
    months      integer NOT NULL,
    revenue     bigint NOT NULL,
    profit      bigint NOT NULL,
    reported_by uuid NOT NULL,
    on_behalf   boolean NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    version     integer NOT NULL,
    CONSTRAINT figures_period_check CHECK (period_to > period_from),
    CONSTRAINT figures_months_check CHECK (months BETWEEN 1 AND 12),
    CONSTRAINT figures_revenue_check CHECK (revenue >= 0),
    CONSTRAINT figures_no_overlap EXCLUDE USING gist
        (product_id WITH =, months WITH =, daterange(period_from, period_to, '[]') WITH &&)
)
"""

MEASUREMENTS = """
CREATE TABLE growth_measurements (
    product_id    uuid CONSTRAINT growth_measurements_pkey PRIMARY KEY
        CONSTRAINT growth_measurements_product_id_fkey REFERENCES product_projection (product_id),
    figures_id    uuid NOT NULL,
    period_from   date NOT NULL,
    period_to     date NOT NULL,
    revenue       bigint NOT NULL,
    profit        bigint NOT NULL,
    revenue_ratio text,
    profit_ratio  text,
    year          integer NOT NULL,
    withdrawn     boolean NOT NULL,
    revision      integer NOT NULL,
    CONSTRAINT growth_measurements_revision_check CHECK (revision >= 1)
)
"""


def upgrade() -> None:
    """Create them."""
    op.execute(FIGURES)
    op.execute("CREATE INDEX figures_order ON figures (product_id, period_from, id)")
    op.execute(MEASUREMENTS)


def downgrade() -> None:
    """Drop them."""
    for table in ("growth_measurements", "figures"):
        op.execute(f"DROP TABLE {table}")
