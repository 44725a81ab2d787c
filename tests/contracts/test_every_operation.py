"""Every operation of the committed contract, asked many ways: no failure of ours, no answer the contract lacks.

The requests are derived from the document alone (schemathesis) and are the same in every run. Half of them name things
that exist where they can, so that the routes are also walked beyond their first look-up.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from deploy.origin.contracts import FOLDER
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import booleans
from tests.contracts.worlds import OPENED, Running

from shared.db.prepare import SERVICES

TUS_BYTES = "application/offset+octet-stream"
"""How tus calls the bytes of an upload; the generator does not know it as raw bytes by itself."""
METHODS = ("get", "post", "put", "patch", "delete")
EXAMPLES = 5
"""For each operation: with a hundred operations, half a minute of one core."""
DOCUMENTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
STREAMS = {"/api/notifier/v1/inbox/events"}
"""Answers without an end, which a client of whole answers would wait for: tests of their own read them."""
OPERATIONS = [
    (service, method, path)
    for service in OPENED
    for path, item in DOCUMENTS[service]["paths"].items()
    for method in item
    if method in METHODS and path not in STREAMS
]


class Stage:
    """One service running in an event loop of its own, which the synchronous examples are sent into."""

    def __init__(self, runner: asyncio.Runner, running: Running, service: str) -> None:
        import schemathesis
        from schemathesis.transport.serialization import serialize_binary

        @schemathesis.serializer(TUS_BYTES)
        def raw(_context: Any, value: Any) -> Any:
            return serialize_binary(value)

        self.runner, self.running = runner, running
        self.schema = schemathesis.openapi.from_dict(DOCUMENTS[service])

    def send(self, case: Any, *, known: bool) -> httpx.Response:
        """The answer to a generated case, signed in; with `known`, about things that exist."""
        import requests

        if known:
            names = case.path_parameters.keys() & self.running.known.keys()
            case.path_parameters |= {name: self.running.known[name] for name in names}
        kwargs = case.as_transport_kwargs(base_url="http://test")
        kwargs["headers"] = {**kwargs["headers"], **self.running.headers()}
        made = requests.Request(**{k: v for k, v in kwargs.items() if k in REQUEST}).prepare()
        body = made.body.encode() if isinstance(made.body, str) else made.body
        sent = self.running.client.request(made.method, made.url, headers=dict(made.headers), content=body)
        return self.runner.run(sent)


REQUEST = ("method", "url", "headers", "params", "json", "data", "files", "cookies")


@pytest.fixture(scope="module")
def stages(admin_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stage]]:
    """Starts a service when its first operation is tested."""
    started: dict[str, Stage] = {}
    with asyncio.Runner() as runner:
        stack = runner.run(_new_stack())

        def stage(service: str) -> Stage:
            if service not in started:
                files = tmp_path_factory.mktemp(service)
                running = runner.run(stack.enter_async_context(OPENED[service](admin_url, files)))
                started[service] = Stage(runner, running, service)
            return started[service]

        yield stage
        runner.run(stack.aclose())


async def _new_stack() -> AsyncExitStack:
    return AsyncExitStack()


def test_the_contract_has_operations_of_every_service() -> None:
    assert {service for service, _, _ in OPERATIONS} == set(SERVICES)


@pytest.mark.parametrize(("service", "method", "path"), OPERATIONS)
def test_every_answer_of_an_operation_is_one_that_the_contract_has(
    stages: Callable[[str], Stage], service: str, method: str, path: str
) -> None:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    promised = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]
    stage = stages(service)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=stage.schema[path][method].as_strategy(), known=booleans())
    def ask(case: Any, known: bool) -> None:
        answer = stage.send(case, known=known)
        case.validate_response(answer, checks=promised)

    ask()
