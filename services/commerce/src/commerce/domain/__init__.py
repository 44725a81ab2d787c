"""The rules of commerce: pure functions and frozen data."""
