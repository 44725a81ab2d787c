"""What people do with evaluation: one verb, one function, one file."""
