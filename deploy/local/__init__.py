"""The whole system on one machine with nothing installed: `python -m deploy.local`, which `make run` calls."""
