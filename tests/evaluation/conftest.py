"""Fixtures of evaluation's tests: a database with the shipped rules, and worlds to act in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.evaluation.worlds import World, load_rules, opened

from shared.testing.plugin import loaded_template


@pytest.fixture(scope="session")
async def rules_template(admin_url: str) -> str:
    """A database with the shipped rules loaded, made once and copied for each test."""
    return await loaded_template(admin_url, "rules", load_rules)


@pytest.fixture
async def world(fresh_world: World) -> World:
    """A world of one test."""
    return fresh_world


@pytest.fixture
async def fresh_world(admin_url: str, rules_template: str, tmp_path: Path) -> AsyncIterator[World]:
    """A world of one test."""
    async with opened(admin_url, rules_template, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
async def shared_world(
    admin_url: str, rules_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A world that the tests of a module share."""
    async with opened(admin_url, rules_template, tmp_path_factory.mktemp("files")) as made:
        yield made
