"""All SQL of registry."""
