"""What a killed test run leaves in memory is removed by the next one; what a living run uses is not touched."""

import fcntl
import os
from pathlib import Path

import pytest

from shared.embedded.valkey import EmbeddedValkey
from shared.testing.plugin import remove_abandoned


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a run, with a server in it that nobody stops."""
    folder = tmp_path / "ocop-tests-1"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "lock").touch(0o600)
    return folder


def test_a_killed_runs_server_is_ended_and_its_data_removed(run: Path) -> None:
    server = EmbeddedValkey(run / "valkey", durable=False)
    server.start()
    try:
        remove_abandoned(run.parent)
        assert not run.exists()
        assert not server.is_running()
    finally:
        server.stop()


def test_a_run_that_goes_on_keeps_its_data(run: Path) -> None:
    held = os.open(run / "lock", os.O_RDWR)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        remove_abandoned(run.parent)
        assert (run / "lock").exists()
    finally:
        os.close(held)
    remove_abandoned(run.parent)
    assert not run.exists()
