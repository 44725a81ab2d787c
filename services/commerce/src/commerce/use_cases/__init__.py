"""What people do with commerce: one verb, one function, one file."""
