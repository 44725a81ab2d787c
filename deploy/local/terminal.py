"""What the person at the terminal sees: one line a phase."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    """Print at once. A reader that went away (`make run | head`) is no reason to stop the system."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # for the rest of our life


@contextmanager
def phase(name: str) -> Iterator[None]:
    """Time a phase and say its name with its seconds when it is done."""
    begun = time.monotonic()
    yield
    say(f"  {name:<42} {time.monotonic() - begun:5.1f} s")
