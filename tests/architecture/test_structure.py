"""Promises about the code itself, checked on every change."""

import importlib
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from shared.contracts.events import EVENTS
from shared.db.prepare import SERVICES
from shared.http.access import Access
from shared.http.etags import expected_version
from shared.settings import ServiceSettings

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for folder in ("shared", "services", "deploy", "tests", "bench")
    for path in (ROOT / folder).rglob("*.py")
    if ".venv" not in path.parts
]
NO_KEY_NEEDED = {
    "dev_token",
    "exchange_token",
    "preview_score",
    "preview_next_star",
    "authorize",
    "issue_token",
    "simulate_reminders",
    "submit_sign_in",
}
"""POSTs that change nothing lasting, so that repeating them is harmless (sign-in, stateless previews)."""

OWN_ONCE = {
    "submit_sheet",
    "take_sms_receipt",
    "take_zns_event",
    "take_bounce",
    "unsubscribe",
    "begin_upload_of_file",
    "override_upload_method",
}
"""POSTs that keep the promise of class Once without it: a score sheet, its key and its reply are one SQL statement;
providers send no key, and each outcome of a notice is kept once (unique constraint), as is what a mail's link
declines; tus has ways of its own (an upload begun twice expires, bytes are added at the one right offset)."""

OFFSETS = {"send_upload_bytes"}
"""PATCHes whose precondition is tus' Upload-Offset."""


def app_of(service: str) -> FastAPI:
    module = importlib.import_module(f"{service}.main")
    settings = importlib.import_module(f"{service}.settings").Settings(
        database_url="postgresql://nobody:x@127.0.0.1:1/none", environment="development"
    )
    app: FastAPI = module.create_app(settings)
    return app


def routes_of(app: FastAPI) -> list[RouteContext]:
    """Every route with what its routers add to it; FastAPI keeps included routers as one entry of `app.routes`."""
    routes = [route for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute)]
    assert routes
    return routes


def calls(dependant: Dependant) -> list[object]:
    found: list[object] = [dependant.call]
    for inner in dependant.dependencies:
        found += calls(inner)
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_declares_who_may_call_it(service: str) -> None:
    for route in routes_of(app_of(service)):
        rules = [call for call in calls(route.dependant) if isinstance(call, Access)]
        assert len(rules) == 1, f"{service} {route.methods} {route.path}: {len(rules)} access rules"


@pytest.mark.parametrize("service", SERVICES)
def test_every_post_takes_an_idempotency_key_and_every_edit_an_if_match(service: str) -> None:
    for route in routes_of(app_of(service)):
        names = {getattr(call, "__name__", "") for call in calls(route.dependant)}
        if "POST" in route.methods and route.name not in NO_KEY_NEEDED | OWN_ONCE:
            assert "run_once" in names, f"{service} POST {route.path} runs without Once"
        if "PATCH" in route.methods and route.name not in OFFSETS:
            assert expected_version in calls(route.dependant), f"{service} PATCH {route.path} has no If-Match"


@pytest.mark.parametrize("service", SERVICES)
def test_operation_names_are_unique_and_documented(service: str) -> None:
    routes = [route for route in routes_of(app_of(service)) if route.include_in_schema]
    names = [route.name for route in routes]
    assert len(names) == len(set(names))
    for route in routes:
        assert route.description, f"{service} {route.path} has no docstring"


def test_every_subscriber_of_every_event_handles_it() -> None:
    for event in EVENTS.values():
        for service in event.subscribers:
            tasks = importlib.import_module(f"{service}.tasks").TASKS
            assert event.type in tasks.handlers, f"{service} has no handler for {event.type}"


@pytest.mark.parametrize("service", SERVICES)
def test_every_sweep_feeds_a_task_that_exists(service: str) -> None:
    tasks = importlib.import_module(f"{service}.tasks").TASKS
    assert {sweep.task for sweep in tasks.sweeps} <= set(tasks.tasks)


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    for service in SERVICES:
        settings: type[ServiceSettings] = importlib.import_module(f"{service}.settings").Settings
        for name, field in settings.model_fields.items():
            variable = str(field.validation_alias or f"{service}_{name}").upper()
            assert f"`{variable}`" in text, f"docs/settings.md does not name {variable}"


def test_every_event_is_documented() -> None:
    text = (ROOT / "docs" / "events.md").read_text()
    for event in EVENTS.values():
        assert f"`{event.type}`" in text, f"docs/events.md does not name {event.type}"


def test_every_router_of_a_service_is_a_service_router() -> None:
    """A bare APIRouter has neither the API's prefix nor the problem documents."""
    bare = [
        str(path.relative_to(ROOT)) for path in (ROOT / "services").rglob("*.py") if "APIRouter(" in path.read_text()
    ]
    assert not bare


def test_no_source_file_is_longer_than_400_lines() -> None:
    long = {str(p.relative_to(ROOT)): n for p in SOURCES if (n := len(p.read_text().splitlines())) > 400}
    assert not long


def test_shared_stays_thin() -> None:
    lines = sum(
        bool(line.strip())
        for path in (ROOT / "shared" / "src").rglob("*.py")
        if not {"contracts", "testing", "embedded"} & set(path.parts)
        for line in path.read_text().splitlines()
    )
    assert lines <= 2700, "a module enters shared when two services need it and it names no product thing"


def test_no_route_uses_offset_or_an_uncapped_count() -> None:
    for path in (ROOT / "services").rglob("*.py"):
        text = path.read_text()
        assert not re.search(r"\.offset\(|\bOFFSET\b", text), f"{path.name} pages by OFFSET"
        assert not re.search(r"select\(func\.count\(\)\)", text), f"{path.name} counts without a cap"


def test_services_have_the_same_shape() -> None:
    for service in SERVICES:
        package = ROOT / "services" / service / "src" / service
        for name in ("main.py", "worker.py", "load.py", "settings.py", "api", "tasks", "use_cases", "domain"):
            assert (package / name).exists(), f"{service} lacks {name}"
