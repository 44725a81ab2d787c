"""The rules of evaluation: pure functions and frozen data."""
