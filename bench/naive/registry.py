"""Passport, product, search and list, naively."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bench.naive.connection import SignedIn, session_opener
from bench.naive.schemas import (
    Baseline,
    LiveCertificate,
    Page,
    Passport,
    PassportProducer,
    PassportStar,
    ProductItem,
    ProductRead,
)
from bench.naive.tables import Certificate, Product
from shared.auth.actors import Actor


def today() -> date:
    """The date in Vietnam."""
    return (datetime.now(UTC) + timedelta(hours=7)).date()


def _passport(asked: Certificate, day: date) -> Passport:
    product = asked.product
    latest = next((c for c in reversed(product.certificates) if c.began(day)), None)
    holds = latest is not None and latest.holds(day)
    return Passport(
        product_code=latest.product_code if latest else asked.product_code,
        product_name=product.name,
        producer=PassportProducer(
            name=product.producer.name,
            commune=product.commune_name,
            district=product.district_name,
            province=product.province_name,
        ),
        star=latest.star if latest and holds else None,
        status=_status(latest, holds),
        valid_from=latest.issued_on if latest else None,
        valid_to=latest.valid_to if latest else None,
        kept_to=latest.kept_to if latest and holds and day > latest.valid_to else None,
        ended_on=latest.ended_on if latest and not holds else None,
        ended_words=latest.ended_words if latest and not holds else None,
        ended_decision=latest.ended_decision if latest and not holds else None,
        stamps_valid=holds,
        decision_number=latest.decision_number if latest else None,
        decided_by=latest.decided_by if latest else None,
        decided_on=latest.decided_on if latest else None,
        traceable=bool(latest and holds and latest.traceable),
        on=day,
        mark_allowed=holds,
        demonstration=product.demonstration,
        history=[
            PassportStar(
                product_code=c.product_code,
                star=c.star,
                decision_number=c.decision_number,
                decided_on=c.decided_on,
                decided_by=c.decided_by,
                valid_from=c.issued_on,
                valid_to=c.valid_to,
                ended_on=c.ended_on,
                ended_reason=c.ended_reason,
                ended_words=c.ended_words,
                ended_decision=c.ended_decision,
                kept_to=c.kept_to,
            )
            for c in product.certificates
        ],
    )


def _status(latest: Certificate | None, holds: bool) -> str:
    if latest is None:
        return "not_yet"
    if holds:
        return "valid"
    return "revoked" if latest.ended_reason == "revoked" else "expired"


def _read(product: Product) -> ProductRead:
    live = next((c for c in product.certificates if c.holds(today())), None)
    first = product.participations[0] if product.participations else None
    return ProductRead(
        **{
            name: getattr(product, name)
            for name in ProductRead.model_fields
            if name not in {"producer_kind", "years", "baseline", "star", "certificate"}
        },
        producer_kind=product.producer.kind,
        years=[p.year for p in product.participations],
        baseline=Baseline(revenue=first.baseline_revenue, profit=first.baseline_profit, measured_on=first.baseline_on)
        if first
        else None,
        star=live.star if live else None,
        certificate=LiveCertificate.model_validate(live, from_attributes=True) if live else None,
    )


def _item(product: Product) -> ProductItem:
    live = next((c for c in product.certificates if c.holds(today())), None)
    return ProductItem(
        **{
            name: getattr(product, name)
            for name in ProductItem.model_fields
            if name not in {"star", "product_code", "valid_to"}
        },
        star=live.star if live else None,
        product_code=live.product_code if live else None,
        valid_to=live.valid_to if live else None,
    )


def _matches(actor: Actor, q: str | None) -> ColumnElement[bool]:
    conditions = [Product.province_code.in_([a.unit_code for a in actor.appointments])]
    for word in (q or "").split():
        text = func.lower(func.unaccent(Product.name + " " + Product.producer_name))
        conditions.append(text.like(func.lower(func.unaccent(f"%{word}%"))))
    return and_(*conditions)


def create_app() -> FastAPI:
    """The naive registry."""
    app = FastAPI(title="Naive registry")
    session_of_request = Annotated[AsyncSession, Depends(session_opener("registry"))]

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/passports/{code}", response_model=Passport)
    async def get_passport(code: str, session: session_of_request) -> Passport:
        product = selectinload(Certificate.product)
        found = await session.scalar(
            select(Certificate)
            .where(Certificate.product_code == code)
            .options(
                product.selectinload(Product.producer),
                product.selectinload(Product.certificates),
                product.noload(Product.participations),
            )
        )
        if found is None:
            raise HTTPException(404)
        return _passport(found, today())

    @app.get("/products/{product_id}", response_model=ProductRead)
    async def get_product(product_id: UUID, actor: SignedIn, session: session_of_request) -> ProductRead:
        found = await session.scalar(select(Product).where(Product.id == product_id, _matches(actor, None)))
        if found is None:
            raise HTTPException(404)
        return _read(found)

    @app.get("/products", response_model=Page[ProductItem])
    async def list_products(
        actor: SignedIn, session: session_of_request, q: str | None = None, limit: int = 50, offset: int = 0
    ) -> Page[ProductItem]:
        condition = _matches(actor, q)
        total = await session.scalar(select(func.count()).select_from(Product).where(condition))
        rows = await session.scalars(select(Product).where(condition).order_by(Product.id).limit(limit).offset(offset))
        return Page(items=[_item(row) for row in rows], total=total or 0)

    return app
