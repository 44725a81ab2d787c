"""Statements alone, under Postgres's own pgbench: what no application in front of them can exceed."""

import asyncio
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cpu import tree_seconds
from bench.stage import Stage
from shared.embedded.accounts import account_for_servers
from shared.embedded.binaries import find_postgres

_NAME = re.compile(r"(?<![:\w]):([a-z][a-z_]*)")
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_LATENCY = re.compile(r"^latency average = ([0-9.]+) ms", re.MULTILINE)


@dataclass(frozen=True)
class Limit:
    """Transactions a second, their mean latency and Postgres's CPU each, in seconds; and how many were `done`."""

    rate: float
    mean: float
    database: float
    done: int


def with_literals(sql: str, values: Mapping[str, Any]) -> str:
    """The statement with its named parameters written out."""
    return _NAME.sub(lambda match: literal(values[match[1]]), sql).strip().rstrip(";") + ";\n"


def literal(value: Any) -> str:
    """A value as SQL writes it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"ARRAY[{', '.join(literal(one) for one in value)}]" if value else "'{}'"
    text = str(value).replace("'", "''")
    return f"'{text}'"


async def run_scripts(
    stage: Stage,
    service: str,
    scripts: Sequence[str],
    *,
    seconds: float,
    clients: int = 8,
    variables: Mapping[str, int] | None = None,
) -> Limit:
    """Run the scripts in random turns as `service`'s role, prepared, over so many connections.

    pgbench measures whole seconds: for less than one each connection runs ten scripts.
    `variables`: what the scripts' own variables are at first, for each connection.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, script in enumerate(scripts):
            file = Path(folder) / f"{number}.sql"
            file.write_text(re.sub(r"\s*\n\s*", " ", script.strip()) + "\n" if "\\set" not in script else script)
            files += ["-f", str(file)]
        length = ("-T", str(round(seconds))) if seconds >= 1 else ("-t", "10")
        before = tree_seconds(stage.postgres_pid)
        process = await asyncio.create_subprocess_exec(
            str(find_postgres(account_for_servers()) / "pgbench"),
            *("-n", "-M", "prepared", "-c", str(clients), "-j", "2", *length),
            *(f"-D{name}={value}" for name, value in (variables or {}).items()),
            *files,
            stage.urls()[service],
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told = (await process.communicate())[0].decode()
    rate, mean = _TPS.search(told), _LATENCY.search(told)
    if process.returncode or rate is None or mean is None or "aborted" in told:
        raise RuntimeError(f"pgbench failed:\n{told[-3000:]}")
    done = re.search(r"actually processed: (\d+)", told)
    assert done is not None
    count = int(done[1])
    return Limit(float(rate[1]), float(mean[1]) / 1000, (tree_seconds(stage.postgres_pid) - before) / count, count)
