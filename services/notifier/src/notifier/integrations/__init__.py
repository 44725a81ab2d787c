"""Systems outside that notifier talks to."""
