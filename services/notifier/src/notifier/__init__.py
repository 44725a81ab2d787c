"""Notifier: who must do what by when, and that they were told."""
