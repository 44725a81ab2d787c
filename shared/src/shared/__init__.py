"""Infrastructure and contracts that the four services share; no product rule lives here."""
