"""deploy/bootstrap says in words what is missing, and does nothing when nothing changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("shared", "services/registry", "services/evaluation", "services/commerce", "services/notifier")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing but what the script reads, and an empty PATH but for the shell's own tools."""
    root = tmp_path / "checkout"
    for package in PACKAGES:
        (root / package).mkdir(parents=True)
        (root / package / "pyproject.toml").write_text(f"# {package}\n")
    (root / "deploy").mkdir()
    shutil.copy(ROOT / "deploy/bootstrap", root / "deploy/bootstrap")
    (root / "requirements.lock").write_text("uv==0 \\\n    --hash=sha256:0\n")
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "cat", "dirname", "rm", "mv", "awk"):
        found = shutil.which(tool)
        assert found
        (tmp_path / "bin" / tool).symlink_to(found)
    return root


def bootstrap(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script with nothing of ours on the PATH."""
    return subprocess.run(
        ["/bin/sh", str(checkout / "deploy/bootstrap")],
        env={"PATH": str(checkout.parent / "bin"), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def put_python(checkout: Path, script: str, name: str = "python3") -> None:
    """Put a Python of the test's making on the PATH."""
    program = checkout.parent / "bin" / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def prepared(checkout: Path) -> None:
    """A .venv as the script leaves it."""
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/bin/python").symlink_to(sys.executable)
    parts = [checkout / "requirements.lock", *(checkout / package / "pyproject.toml" for package in PACKAGES)]
    text = f"{checkout}\n" + "".join(part.read_text() for part in parts)
    (checkout / ".venv/.prepared").write_text(text)


def test_a_machine_without_python_is_told_what_to_install(checkout: Path) -> None:
    done = bootstrap(checkout)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "apt install" in done.stderr


def test_an_older_python_is_not_taken(checkout: Path) -> None:
    put_python(checkout, "exit 1")  # what an older one answers to the question for its version
    done = bootstrap(checkout)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr


def test_a_python_without_venv_is_told_which_package_brings_it(checkout: Path) -> None:
    put_python(checkout, f'case "$2" in *ensurepip*) exit 1 ;; *) exec {sys.executable} "$@" ;; esac')
    done = bootstrap(checkout)
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr


def test_a_prepared_checkout_needs_not_even_python(checkout: Path) -> None:
    prepared(checkout)
    done = bootstrap(checkout)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("changed", ["requirements.lock", "services/notifier/pyproject.toml"])
def test_a_changed_dependency_prepares_anew(checkout: Path, changed: str) -> None:
    prepared(checkout)
    with (checkout / changed).open("a") as file:
        file.write("# more\n")
    put_python(checkout, f'exec {sys.executable} "$@"')
    put_python(checkout, 'echo "uv $1" >>"$LOG"; case "$1" in venv) mkdir -p .venv/bin ;; esac', name="uv")
    (checkout.parent / "bin/mkdir").symlink_to(str(shutil.which("mkdir")))
    log = checkout.parent / "log"
    done = bootstrap(checkout, LOG=str(log))
    assert done.returncode == 0, done.stderr
    assert log.read_text().split("\n")[:3] == ["uv venv", "uv pip", "uv pip"]
    (checkout / ".venv/bin/python").unlink(missing_ok=True)
    (checkout / ".venv/bin/python").symlink_to(sys.executable)
    assert bootstrap(checkout).stdout == "", "and only once"


def test_two_at_once_prepare_once(checkout: Path) -> None:
    put_python(checkout, f'exec {sys.executable} "$@"')
    slow = (
        'echo "uv $1" >>"$LOG"; '
        f'if [ "$1" = venv ]; then {shutil.which("mkdir")} -p .venv/bin; {shutil.which("sleep")} 0.3; '
        f"{shutil.which('ln')} -s {sys.executable} .venv/bin/python; fi"
    )
    put_python(checkout, slow, name="uv")
    log = checkout.parent / "log"
    both = [
        subprocess.Popen(
            ["/bin/sh", str(checkout / "deploy/bootstrap")],
            env={"PATH": str(checkout.parent / "bin"), "LOG": str(log)},
            stdout=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    assert [one.wait(60) for one in both] == [0, 0]
    assert log.read_text().count("uv venv") == 1


def test_the_script_is_plain_posix_shell() -> None:
    assert os.access(ROOT / "deploy/bootstrap", os.X_OK)
    assert (ROOT / "deploy/bootstrap").read_text().startswith("#!/bin/sh\n")
