"""A synthetic registry of any size, made by a few set-based statements; the same for the same size."""

import asyncpg

KINDS = "{Nước mắm,Trà,Cà phê,Mật ong,Bánh tráng,Rượu cần,Gạo lứt,Tiêu khô,Bột quế,Chuối sấy,Tinh dầu,Nấm,Sâm,Măng khô}"
QUALITIES = "{truyền thống,hữu cơ,rang xay,sấy dẻo,nguyên chất,đặc sản,cổ truyền,thượng hạng,gia truyền,sạch}"
PLACES = "{Cửa Khe,Trà My,Đại Lộc,Hội An,Tam Kỳ,Quế Sơn,Tiên Phước,Ch'ơm,Đông Giang,Nam Giang,Thăng Bình,Núi Thành}"

PRODUCERS = """
INSERT INTO producers (id, version, commune_code, commune_name, district_code, district_name, province_code,
    province_name, name, kind, address, representative, registered_on, demonstration)
SELECT md5('producer ' || n)::uuid, 1, u.code, u.full_name, u.district_code, d.full_name, '49', 'Tỉnh Quảng Nam',
    'Hợp tác xã ' || ($2::text[])[1 + n % 12] || ' số ' || n, 'cooperative', 'Thôn ' || n % 9, 'Người đại diện',
    '2020-01-01', true
FROM generate_series(1, $1::int) AS n
JOIN (SELECT *, row_number() OVER (ORDER BY code) AS place, count(*) OVER () AS places FROM units
      WHERE level = 'commune' AND valid_from = '2023-04-10') u ON u.place = 1 + n % u.places
JOIN units d ON d.code = u.district_code AND d.level = 'district' AND d.valid_from = '2023-04-10'
"""

PRODUCTS = """
INSERT INTO products (id, version, commune_code, commune_name, district_code, district_name, province_code,
    province_name, producer_id, name, producer_name, producer_kind, taxonomy, group_path, set_no, description,
    registered_on, demonstration)
SELECT md5('product ' || n)::uuid, 1, p.commune_code, p.commune_name, p.district_code, p.district_name,
    p.province_code, p.province_name, p.id,
    ($2::text[])[1 + n % 14] || ' ' || ($3::text[])[1 + n / 14 % 10] || ' ' ||
    ($4::text[])[1 + n / 140 % 12] || ' ' || n,
    p.name, p.kind, 'qd148-2023', 'I.1.a', 1, 'Sản phẩm của phép đo', '2021-01-01', true
FROM generate_series(1, $1::int) AS n
JOIN producers p ON p.id = md5('producer ' || 1 + n % greatest(1, $1::int / 3))::uuid
"""

PARTICIPATIONS = """
INSERT INTO participations (product_id, year, baseline_revenue, baseline_profit, baseline_on, registered_on)
SELECT id, 2021, 500000000, 60000000, '2020-12-31', '2021-01-01' FROM products WHERE taxonomy = 'qd148-2023'
"""

CERTIFICATES = """
INSERT INTO certificates (id, version, commune_code, commune_name, district_code, district_name, province_code,
    province_name, product_id, producer_id, product_name, star, product_code, decision_number, decided_on, decided_by,
    year, issued_on, valid_to, traceable)
SELECT md5('certificate ' || p.name)::uuid, 1, p.commune_code, p.commune_name, p.district_code, p.district_name,
    p.province_code, p.province_name, p.id, p.producer_id, p.name,
    3 + (('x' || substr(p.id::text, 1, 4))::bit(16)::int) % 2,
    format('49-%s-%s-%s-2025', p.district_code, p.commune_code, split_part(p.name, ' ', -1)),
    'QĐ-' || split_part(p.name, ' ', -1), '2025-05-05', 'Chủ tịch UBND tỉnh', 2025, '2025-05-10', '2028-05-09', false
FROM products p WHERE p.description = 'Sản phẩm của phép đo'
"""


async def seed_registry(admin_url: str, products: int) -> None:
    """Fill the registry schema of the database at `admin_url` with so many products, each certified."""
    connection = await asyncpg.connect(admin_url, server_settings={"search_path": "registry, public"})
    try:
        if (
            await connection.fetchval("SELECT count(*) FROM products WHERE description = 'Sản phẩm của phép đo'")
            >= products
        ):
            return
        await connection.execute(PRODUCERS, max(1, products // 3), _array(PLACES))
        await connection.execute(PRODUCTS, products, _array(KINDS), _array(QUALITIES), _array(PLACES))
        await connection.execute(PARTICIPATIONS)
        await connection.execute(CERTIFICATES)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


def _array(literal: str) -> list[str]:
    return literal.strip("{}").split(",")
