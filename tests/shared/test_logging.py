"""No token, password or telephone number reaches the log, by whatever way."""

import json
import logging
import sys
from collections.abc import Iterator
from uuid import UUID

import pytest
import structlog

from shared.auth.actors import Actor
from shared.logging import configure_logging
from shared.testing.people import token_for


@pytest.fixture
def configured() -> Iterator[None]:
    root, handlers, level, old = logging.getLogger(), logging.getLogger().handlers, 0, structlog.get_config()
    level = root.level
    configure_logging("test", "INFO")
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**old)
    structlog.contextvars.clear_contextvars()


@pytest.mark.usefixtures("configured")
def test_secrets_are_taken_out_of_every_line(capsys: pytest.CaptureFixture[str]) -> None:
    token = token_for(Actor(UUID(int=1), "Người thử", ()))
    root = logging.getLogger()
    assert isinstance(root.handlers[0], logging.StreamHandler)
    root.handlers[0].setStream(sys.stdout)
    log = structlog.get_logger("test")
    phones = ["0905123456", "+84905123456", "0905 123 456", "0905.123.456", "+84 905 123 456", "0235 381 0123"]
    log.info("noted", token=token, header=f"Bearer {token}", phones=phones)
    logging.getLogger("some.library").warning("calling %s with %s", phones[0], token)
    logging.getLogger("some.library").error("redis://:s3cret@127.0.0.1:1/0 postgresql://registry:s3cret@db/ocop")
    try:
        raise ValueError(f"DETAIL: Key (phone)=({phones[0]}) already exists.")
    except ValueError as error:
        log.error("failed", exc_info=error)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all(json.loads(line)["service"] == "test" for line in lines)
    for secret in (token, token.split(".")[1], "s3cret", *phones):
        assert not [line for line in lines if secret in line]
    assert "<token>" in lines[0]
    assert lines[0].count("<phone>") == len(phones)


@pytest.mark.usefixtures("configured")
def test_what_only_looks_like_a_telephone_number_stays(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    assert isinstance(root.handlers[0], logging.StreamHandler)
    root.handlers[0].setStream(sys.stdout)
    plain = {
        "seconds": 0.123456789,
        "id": "01912345-1234-7123-8123-012345678912",
        "trace": "00-01234567890123456789012345678901-0123456789012345-00",
        "money": 905123456,
        "gtin": "8934567890123",
        "at": "2023-07-31T00:00:00.012345678Z",
    }
    structlog.get_logger("test").info("noted", **plain)
    shown = json.loads(capsys.readouterr().out)
    assert {name: shown[name] for name in plain} == plain
