"""What people do with registry: one verb, one function, one file."""
