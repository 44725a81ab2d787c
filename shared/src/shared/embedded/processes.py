"""Starting and ending one server process so that it never outlives us and never holds a terminal."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shared.embedded.accounts import Account
from shared.embedded.errors import EmbeddedError
from shared.embedded.folders import ServerFolder

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

# The kernel sends the death signal when the *thread* that forked ends: all servers are forked by one thread
# that lives as long as we do, whoever calls start().
_FORKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedded-servers")


def plain_environment() -> dict[str, str]:
    """What a server needs of our environment: no password and no PG* variable of ours reaches it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": "/"}


def start_process(
    argv: Sequence[str | Path],
    folder: ServerFolder,
    account: Account | None,
    *,
    stop_signal: signal.Signals,
    standard_input: str = "",
) -> subprocess.Popen[bytes]:
    """Start a server in `folder.work`, as `account`, in a session of its own, its output going to the log.

    When our process dies, even by kill -9, the kernel sends the server `stop_signal` (on Linux; elsewhere the
    next start finds and ends the orphan).
    """
    parent = os.getpid()

    def follow_parent() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(stop_signal))
            if os.getppid() != parent:  # it died before the call above
                os._exit(1)

    def fork() -> subprocess.Popen[bytes]:
        log = folder.open_log()
        try:
            return subprocess.Popen(  # noqa: S603  # programs found by shared.embedded.binaries
                [str(part) for part in argv],
                stdin=subprocess.PIPE if standard_input else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder.work,
                env=plain_environment(),
                start_new_session=True,
                preexec_fn=follow_parent,  # noqa: PLW1509  # one prctl call; libc is loaded before the fork
                **(account.as_process_options() if account else {}),
            )
        except OSError as error:
            raise EmbeddedError(f"{folder.server} cannot be started: {error}") from error
        finally:
            os.close(log)

    process = _FORKER.submit(fork).result()
    if process.stdin is not None:
        with process.stdin as pipe:
            pipe.write(standard_input.encode())
    return process


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], *, seconds: float) -> bool:
    """Whether `ready` came true before the process ended. TimeoutError: neither happened in time."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if ready():
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.01)
    raise TimeoutError


def end_process(process: subprocess.Popen[bytes], steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn, giving the process its seconds after each, until it has ended."""
    for number, seconds in steps:
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return


def end_orphan(pid_file: Path, work: Path, stop_signal: signal.Signals, *, seconds: float) -> None:
    """End a server that a dead predecessor left running in `work`, and remove its pid file.

    The number alone proves nothing: after a crash it may belong to any program. Only a process whose working
    directory is `work` is touched. Raises EmbeddedError when an orphan does not end.
    """
    try:
        pid = int(pid_file.read_text(encoding="ascii").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if pid != os.getpid() and _works_in(pid, work):
        os.kill(pid, stop_signal)
        limit = time.monotonic() + seconds
        while _works_in(pid, work):
            if time.monotonic() > limit:
                raise EmbeddedError(f"A server left behind in {work} (process {pid}) does not stop; end it by hand.")
            time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def _works_in(pid: int, work: Path) -> bool:
    """Whether a process is alive and has `work` as its working directory."""
    if Path("/proc/self/cwd").exists():
        try:
            return os.path.samefile(f"/proc/{pid}/cwd", work)
        except OSError:
            return False
    listed = subprocess.run(  # noqa: S603  # a number is the only thing passed
        ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607  # macOS, which has no /proc
        check=False,
        capture_output=True,
        text=True,
    )
    return "postgres" in listed.stdout or "valkey" in listed.stdout
