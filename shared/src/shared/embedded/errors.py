"""What the embedded servers raise."""


class EmbeddedError(RuntimeError):
    """A server cannot be found, started or stopped. The message is for the person at the terminal."""
