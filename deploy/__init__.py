"""Ways to run the system: one machine, one host with Compose, many hosts."""
