"""HTTP in and out: problems, idempotency, ETags, pages, correlation, health, metrics."""
