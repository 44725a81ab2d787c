"""HTTP of evaluation: requests in, answers out, no rules."""
