"""Projections of registry's products and certificates."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PRODUCTS = """
CREATE TABLE product_projection (
    product_id       uuid CONSTRAINT product_projection_pkey PRIMARY KEY,
    producer_id      uuid NOT NULL,
    product_name     text NOT NULL,
    producer_name    text NOT NULL,
    group_path       text NOT NULL,
    commune_code     text NOT NULL,
    district_code    text,
    province_code    text NOT NULL,
    year             integer NOT NULL,
    baseline_revenue bigint NOT NULL,
    baseline_profit  bigint NOT NULL,
    baseline_on      date NOT NULL,
    revision         integer NOT NULL
)
"""

CERTIFICATES = """
CREATE TABLE certificate_projection (
    certificate_id uuid CONSTRAINT certificate_projection_pkey PRIMARY KEY,
    product_id     uuid NOT NULL,
    producer_id    uuid,
    product_code   text,
    product_name   text,
    star           integer,
    issued_on      date,
    valid_to       date,
    year           integer,
    ended_on       date,
    end_reason     text,
    CONSTRAINT certificate_projection_issue_check CHECK
        (issued_on IS NULL OR num_nulls(producer_id, product_code, product_name, star, valid_to, year) = 0),
    CONSTRAINT certificate_projection_ending_check CHECK ((ended_on IS NULL) = (end_reason IS NULL))
)
"""


def upgrade() -> None:
    """Create them."""
    op.execute(PRODUCTS)
    op.execute(CERTIFICATES)
    op.execute("CREATE INDEX certificate_projection_product ON certificate_projection (product_id, issued_on)")


def downgrade() -> None:
    """Drop them."""
    for table in ("certificate_projection", "product_projection"):
        op.execute(f"DROP TABLE {table}")
