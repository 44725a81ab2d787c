"""The rules of registry: pure functions and frozen data."""
