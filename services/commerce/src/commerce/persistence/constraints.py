"""Which constraint of the database refused a row."""

from sqlalchemy.exc import IntegrityError


def violated(error: IntegrityError) -> str | None:
    """The constraint's name as Postgres tells it."""
    cause = getattr(error.orig, "__cause__", None)
    return getattr(cause, "constraint_name", None)
