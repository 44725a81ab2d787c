"""Wire models of commerce's API."""
