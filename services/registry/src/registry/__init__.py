"""Registry: who and what takes part, the yearly programme, and what was recognised."""
