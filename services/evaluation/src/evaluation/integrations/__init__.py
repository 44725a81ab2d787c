"""The world outside: the object store of evidence."""
