"""HTTP of registry: requests in, answers out, no rules."""
