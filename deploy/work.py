"""Run one service's worker in a container: `python -m deploy.work SERVICE`."""

import importlib
import sys


def main() -> None:
    """Work until SIGTERM."""
    importlib.import_module(f"{sys.argv[1]}.worker").run()


if __name__ == "__main__":
    main()
