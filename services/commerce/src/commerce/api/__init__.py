"""HTTP of commerce: requests in, answers out, no rules."""
