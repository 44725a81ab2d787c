"""A synthetic registry of any size, made by a few set-based statements; the same for the same size.

Names combine what OCOP products are called, with diacritics; ids grow with time as UUIDv7 do. Every product is
certified today, every third one had a lower star before.
"""

import asyncpg

KINDS = [
    "Nước mắm",
    "Trà thảo mộc",
    "Cà phê",
    "Mật ong",
    "Bánh tráng",
    "Rượu cần",
    "Gạo lứt",
    "Tiêu khô",
    "Bột quế",
    "Chuối sấy",
    "Tinh dầu",
    "Nấm rơm",
    "Sâm củ",
    "Măng khô",
]
QUALITIES = [
    "truyền thống",
    "hữu cơ",
    "rang xay",
    "sấy dẻo",
    "nguyên chất",
    "đặc sản",
    "cổ truyền",
    "thượng hạng",
    "gia đình",
    "tươi sạch",
]
PLACES = [
    "Cửa Khe",
    "Trà My",
    "Đại Lộc",
    "Hội An",
    "Tam Kỳ",
    "Quế Sơn",
    "Tiên Phước",
    "Ch'ơm",
    "Đông Giang",
    "Nam Giang",
    "Thăng Bình",
    "Núi Thành",
]

_ID = """(lpad(to_hex(1577836800000 + n * 1000), 12, '0') || '7' || substr(md5('{thing} ' || n), 1, 3)
    || '8' || substr(md5('{thing} ' || n), 4, 15))::uuid"""
_PLACE = "commune_code, commune_name, district_code, district_name, province_code, province_name"

FUNCTIONS = f"""
CREATE FUNCTION pg_temp.product_id(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT {_ID.format(thing="p")} $$;
CREATE FUNCTION pg_temp.producer_id(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT {_ID.format(thing="o")} $$;
CREATE FUNCTION pg_temp.certificate_id(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT {_ID.format(thing="c")} $$;
"""

PRODUCERS = f"""
INSERT INTO producers (id, version, {_PLACE}, name, kind, address, representative, registered_on, demonstration)
SELECT pg_temp.producer_id(n), 1, u.code, u.full_name, u.district_code, d.full_name, '49', 'Tỉnh Quảng Nam',
    'Hợp tác xã ' || ($3::text[])[1 + n % 12] || ' số ' || n, 'cooperative', 'Thôn ' || n % 9, 'Người đại diện',
    '2020-01-01', true
FROM generate_series($1::int, $2::int) AS n
JOIN (SELECT *, row_number() OVER (ORDER BY code) AS place, count(*) OVER () AS places FROM units
      WHERE level = 'commune' AND valid_from = '2023-04-10') u ON u.place = 1 + n % u.places
JOIN units d ON d.code = u.district_code AND d.level = 'district' AND d.valid_from = '2023-04-10'
"""

PRODUCTS = f"""
INSERT INTO products (id, version, {_PLACE}, producer_id, name, producer_name, producer_kind, taxonomy, group_path,
    set_no, description, registered_on, demonstration)
SELECT pg_temp.product_id(n), 1, p.commune_code, p.commune_name, p.district_code, p.district_name, p.province_code,
    p.province_name, p.id,
    ($3::text[])[1 + n % 14] || ' ' || ($4::text[])[1 + n / 14 % 10] || ' ' || ($5::text[])[1 + n / 140 % 12]
        || ' ' || n,
    p.name, p.kind, 'qd148-2023', 'I.1.a', 1, 'Sản phẩm của phép đo', '2021-01-01', true
FROM generate_series($1::int, $2::int) AS n
JOIN producers p ON p.id = pg_temp.producer_id(n / 3)
ORDER BY n
"""

PARTICIPATIONS = """
INSERT INTO participations (product_id, year, baseline_revenue, baseline_profit, baseline_on, registered_on)
SELECT pg_temp.product_id(n), 2021, 500000000, 60000000, '2020-12-31', '2021-01-01'
FROM generate_series($1::int, $2::int) AS n
"""

CERTIFICATES = f"""
INSERT INTO certificates (id, version, {_PLACE}, product_id, producer_id, product_name, star, product_code,
    decision_number, decided_on, decided_by, year, issued_on, valid_to, ended_on, ended_reason, traceable)
SELECT pg_temp.certificate_id(n * 2 + term), 1, p.commune_code, p.commune_name, p.district_code, p.district_name,
    p.province_code, p.province_name, p.id, p.producer_id, p.name, 3 + term, format('49-%s-%s', n, 2020 + term),
    'QĐ-' || n || '/' || term, first_day, 'Chủ tịch UBND tỉnh', extract(year FROM first_day), first_day,
    (first_day + interval '3 years' - interval '1 day')::date,
    CASE term WHEN 0 THEN (first_day + interval '2 years')::date END, CASE term WHEN 0 THEN 'replaced' END, false
FROM generate_series($1::int, $2::int) AS n
JOIN products p ON p.id = pg_temp.product_id(n)
CROSS JOIN generate_series(CASE WHEN n % 3 = 0 THEN 0 ELSE 1 END, 1) AS term
CROSS JOIN LATERAL (SELECT (current_date - 100 - CASE term WHEN 0 THEN 731 ELSE 0 END) AS first_day) AS day
"""


async def grow_registry(admin_url: str, already: int, products: int) -> None:
    """Let the registry schema of a database grow from `already` synthetic products to `products`.

    Indexes and foreign keys are made after the rows: a million products take minutes less.
    """
    connection = await asyncpg.connect(admin_url, server_settings={"search_path": "registry, public"})
    added = (already + 1, products)
    try:
        await connection.execute("SET synchronous_commit = off")
        await connection.execute(FUNCTIONS)
        again = await _drop_indexes(connection)
        await connection.execute(PRODUCERS, already // 3 + 1 if already else 0, products // 3, PLACES)
        await connection.execute(PRODUCTS, *added, KINDS, QUALITIES, PLACES)
        await connection.execute(PARTICIPATIONS, *added)
        await connection.execute(CERTIFICATES, *added)
        for statement in again:
            await connection.execute(statement)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def _drop_indexes(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """Drop what costs time row by row, but for primary keys; answers the statements that make it again."""
    tables = "('producers'::regclass, 'products'::regclass, 'participations'::regclass, 'certificates'::regclass)"
    constraints = await connection.fetch(
        "SELECT conname, conrelid::regclass::text AS owner, pg_get_constraintdef(oid) AS definition FROM pg_constraint"
        f" WHERE conrelid IN {tables} AND contype IN ('x', 'u', 'f') ORDER BY contype DESC"
    )
    for row in constraints:
        await connection.execute(f"ALTER TABLE {row['owner']} DROP CONSTRAINT {row['conname']}")
    indexes = await connection.fetch(
        f"SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index"
        f" WHERE indrelid IN {tables} AND NOT indisprimary"
    )
    for row in indexes:
        await connection.execute(f"DROP INDEX {row['name']}")
    return [row["definition"] for row in indexes] + [
        f"ALTER TABLE {row['owner']} ADD CONSTRAINT {row['conname']} {row['definition']}" for row in constraints
    ]
