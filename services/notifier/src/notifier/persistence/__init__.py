"""All SQL of notifier."""
