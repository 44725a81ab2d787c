"""Postgres: engine, unit of work, outbox and inbox, pages, preparation of the database."""
