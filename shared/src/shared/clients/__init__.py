"""Typed HTTP clients of the four services. The only importer of httpx."""
