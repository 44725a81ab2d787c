"""The rules of notifier: pure functions and frozen data."""
