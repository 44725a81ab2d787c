"""HTTP of notifier: requests in, answers out, no rules."""
