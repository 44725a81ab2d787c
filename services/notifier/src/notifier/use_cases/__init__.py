"""What people do with notifier: one verb, one function, one file."""
