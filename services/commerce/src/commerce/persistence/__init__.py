"""All SQL of commerce."""
