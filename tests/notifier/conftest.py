"""Notifier with its reference data, a movable clock, events told to it, and a mail server that records."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from notifier.integrations.email import EmailSender
from notifier.load import load
from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks import TASKS
from notifier.tasks.deliveries import CHANNEL_WORK, follow_what_failed
from notifier.tasks.reminders import end_what_outlived_its_time
from notifier.use_cases.make_reminders import compose_digests, make_reminders, reopen_unaddressed
from notifier.use_cases.report_risk import report_risk
from notifier.use_cases.settle_duties import miss_deadlines, settle_duties
from shared.contracts.base import Event
from shared.contracts.registry import DeadlineSet, PersonAppointed
from shared.contracts.roles import Level, Role
from shared.db.engine import Database
from shared.ids import new_id
from shared.tasks.declarations import TaskContext
from shared.tasks.receiving import receive
from shared.testing.plugin import OpenDatabases, TestDatabase, fresh_database, loaded_template

SPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


def known(name: str) -> UUID:
    """The same id for the same name, so that tests can say who is who."""
    return uuid5(SPACE, name)


class MailServer:
    """Records what it takes; refuses recipients in `poison`; drops the connection after the text when `silent`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.refused: list[str] = []
        self.poison: set[str] = set()
        self.silent = False
        self.port = 0

    async def handle_RCPT(  # noqa: N802  # aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.poison:
            self.refused.append(address)
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd calls it so
        content = envelope.original_content
        assert isinstance(content, bytes)
        self.raw.append(content)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        if self.silent:
            assert server.transport is not None
            server.transport.abort()
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """Mails to an address, oldest first."""
        return [mail for mail in self.mails if mail["To"].addresses[0].addr_spec == address]

    @staticmethod
    def text(mail: EmailMessage) -> str:
        """The plain text as a person reads it."""
        body = mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    """A real SMTP server on a free port."""
    logging.getLogger("mail.log").setLevel("WARNING")
    mail = MailServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mail, hostname="localhost", enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0
    )
    mail.port = server.sockets[0].getsockname()[1]
    yield mail
    server.close()


@dataclass
class Told:
    """An event and when it happened at its publisher."""

    event: Event
    at: datetime | None = None
    id: UUID = field(default_factory=new_id)

    def envelope(self) -> dict[str, Any]:
        """As the relay sends it."""
        body = {"id": str(self.id), "type": self.event.type, "payload": self.event.model_dump(mode="json")}
        return body | ({"occurred_at": self.at.isoformat()} if self.at else {})


class NotifierUnderTest:
    """The service without its loops: each turn is taken by the test."""

    def __init__(self, database: Database, admin: "asyncpg.Connection[asyncpg.Record]", mail: MailServer) -> None:
        self.database, self.admin, self.mail = database, admin, mail
        self.sender = EmailSender(f"smtp://127.0.0.1:{mail.port}", "OCOP <no-reply@ocop.example>", 5)
        self.context: TaskContext[NotifierUow] = TaskContext(database, NotifierUow, {"email": self.sender})

    async def clock(self, instant: str) -> None:
        """Move the programme's time."""
        await self.admin.execute(
            "UPDATE public.programme_clock SET ahead = $1::timestamptz - now()", datetime.fromisoformat(instant)
        )

    async def tell(self, *events: Event | Told) -> None:
        """Receive events, each as its own delivery."""
        told = [event if isinstance(event, Told) else Told(event) for event in events]
        for start in range(0, len(told), 200):
            batch = [one.envelope() for one in told[start : start + 200]]
            _, rejected = await receive(TASKS, self.context, "tests", batch)
            assert not rejected, rejected

    async def turn(self) -> None:
        """Every routine once, as a worker does within five seconds when it has caught up."""
        for act in (
            settle_duties,
            miss_deadlines,
            reopen_unaddressed,
            make_reminders,
            compose_digests,
            report_risk,
            end_what_outlived_its_time,
            follow_what_failed,
        ):
            async with self.context.uow() as uow:
                await act(uow)

    async def deliver(self) -> int:
        """Send what is to be sent now; returns how many were tried."""
        tried = 0
        while True:
            before = tried
            for find, deliver in CHANNEL_WORK.values():
                async with self.context.uow() as uow:
                    ids = await find(uow)
                await asyncio.gather(*(deliver(self.context, one) for one in ids))
                tried += len(ids)
            if tried == before:
                return tried

    async def at(self, instant: str) -> None:
        """Move the clock, take a turn, deliver."""
        await self.clock(instant)
        await self.turn()
        await self.deliver()

    async def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Look into the database."""
        return [dict(row) for row in await self.database.reads.fetch(sql, *values)]

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """Payloads of the events told so far."""
        found = await self.rows("SELECT payload::text AS body FROM outbox_events WHERE type = $1 ORDER BY seq", kind)
        return [json.loads(row["body"]) for row in found]

    async def unsettled(self) -> int:
        """What the summary says."""
        async with self.context.uow() as uow:
            return int((await uow.notices.summary()).unsettled)


async def _fill(fresh: TestDatabase) -> None:
    database = Database(fresh.urls["notifier"], name="load")
    async with NotifierUow.open(database) as uow:
        await load(uow, False)
    await database.stop()


@pytest.fixture
async def database(admin_url: str) -> AsyncIterator[TestDatabase]:
    """A database of this test's own with notifier's reference data."""
    async with fresh_database(admin_url, await loaded_template(admin_url, "notifier", _fill)) as fresh:
        yield fresh


@pytest.fixture
async def notifier(
    database: TestDatabase, open_database: OpenDatabases, mail_server: MailServer
) -> AsyncIterator[NotifierUnderTest]:
    """Notifier with its reference data loaded."""
    admin = await asyncpg.connect(database.admin_url)
    under_test = NotifierUnderTest(await open_database("notifier"), admin, mail_server)
    yield under_test
    await under_test.sender.close()
    await admin.close()


class Make:
    """Events with invented people and the districts of the plan."""

    known = staticmethod(known)
    told = Told

    @staticmethod
    def appointed(
        name: str,
        role: Role,
        unit: str,
        level: Level = Level.DISTRICT,
        *,
        valid_from: str = "2020-01-01",
        valid_to: str | None = None,
        producer: UUID | None = None,
        revision: int = 1,
        email: str | None = "",
        person: str | None = None,
    ) -> PersonAppointed:
        """`name` is also the mailbox, unless `email` says otherwise."""
        return PersonAppointed(
            appointment_id=known(f"appointment {name} {role} {unit}"),
            person_id=known(person or name),
            person_name=f"Người {name}",
            email=f"{name}@demo.ocop.example" if email == "" else email,
            role=role,
            level=level,
            unit_code=unit,
            producer_id=producer,
            valid_from=date.fromisoformat(valid_from),
            valid_to=date.fromisoformat(valid_to) if valid_to else None,
            revision=revision,
        )

    @classmethod
    def secretary(cls, unit: str) -> PersonAppointed:
        """The district's secretary, `sec<unit>`."""
        return cls.appointed(f"sec{unit}", Role.DISTRICT_SECRETARY, unit)

    @classmethod
    def province(cls) -> PersonAppointed:
        """The province's secretary."""
        return cls.appointed("province", Role.PROVINCE_SECRETARY, "49", Level.PROVINCE)

    @staticmethod
    def deadline(
        unit: str = "502",
        *,
        code: str = "district_evaluation",
        due_on: str = "2023-07-31",
        period: str = "2023",
        fulfilled_by: str = "evaluation.round_finished",
        revision: int = 1,
        name: str | None = None,
    ) -> DeadlineSet:
        """A duty of a district under the plan of 2023."""
        return DeadlineSet(
            deadline_id=known(f"deadline {code} {period}"),
            plan_id=known("plan 2023"),
            year=2023,
            code=code,
            title="Đánh giá, phân hạng sản phẩm OCOP cấp huyện trước tháng 8/2023",
            source="Kế hoạch OCOP năm 2023, mục III.2",
            due_on=date.fromisoformat(due_on),
            period=period,
            unit_code=unit,
            unit_name=name or f"Huyện {unit}",
            level=Level.DISTRICT,
            responsible=Role.DISTRICT_SECRETARY,
            superior=Role.PROVINCE_SECRETARY,
            superior_unit_code="49",
            fulfilled_by=fulfilled_by,
            revision=revision,
        )

    @classmethod
    def deadlines(cls, units: Sequence[str]) -> list[Event]:
        """The same duty for many districts, with their secretaries and the province's."""
        return [cls.province(), *(cls.secretary(u) for u in units), *(cls.deadline(u) for u in units)]


@pytest.fixture
def make() -> type[Make]:
    """Makes events."""
    return Make
