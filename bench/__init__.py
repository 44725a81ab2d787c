"""How fast the product is, always beside a naive twin and a physical limit in the same run."""
