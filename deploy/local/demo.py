"""`make demo`: play the demonstration against the system at OCOP_URL, or against a private one started for it."""

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path

from deploy.local.probes import get_json
from deploy.local.settings import CannotStart, LocalSettings
from deploy.local.supervisor import ChildFailed
from deploy.local.system import System
from deploy.local.terminal import say
from shared.embedded import EmbeddedError

_HOME = Path(".demo")
_PLAY = (sys.executable, "-m", "deploy.demo")


def _is_ours(url: str) -> bool:
    """Whether one of our systems answers at the address, ready or not."""
    answer = get_json(f"{url}/readyz")
    return isinstance(answer, dict) and "services" in answer


async def _play(url: str, home: Path) -> int:
    """Play against the system at `url`, documents saved in `home`; the exit code of the play."""
    # In a session of its own: Ctrl-C reaches us first, and we stop it before its system.
    play = await asyncio.create_subprocess_exec(
        *_PLAY, *sys.argv[1:], env={**os.environ, "OCOP_URL": url, "OCOP_HOME": str(home)}, start_new_session=True
    )
    try:
        return await play.wait()
    except asyncio.CancelledError:
        play.terminate()
        await play.wait()
        raise


async def _play_privately() -> int:
    """Start a fresh system on a free port, play, stop it."""
    shutil.rmtree(_HOME, ignore_errors=True)
    system = System(LocalSettings.from_environment().private(_HOME))
    try:
        await system.start()
        say("")
        return await _play(system.url, _HOME)
    finally:
        await system.stop()


async def _run() -> int:
    this = asyncio.current_task()
    assert this is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, this.cancel)
    url = os.environ.get("OCOP_URL") or "http://localhost:8080"
    try:
        if await asyncio.to_thread(_is_ours, url):
            return await _play(url, LocalSettings.from_environment().home)
        say(f"No OCOP system answers at {url}; starting a private one in {_HOME}/ for this play.\n")
        return await _play_privately()
    except asyncio.CancelledError:
        return 130
    except (CannotStart, ChildFailed, EmbeddedError) as error:
        say(f"\n{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(asyncio.run(_run()))
