"""Commerce: where recognised products are sold and what they earn."""
