"""The mails that went out, opened in the mailbox that the development system keeps, and looked at."""

import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from deploy.demo.api import Api, DemoFailedError
from deploy.demo.cast import SILENT
from deploy.demo.notifier import Duty, Notice, duties, notices
from deploy.demo.reminders import EVALUATION
from deploy.demo.report import Report

_LINK = re.compile(r"""https?://[^\s"'<>)]+""")
_LEFT_OVER = ("{{", "}}", "{%", "None", "null", "undefined", "&lt;")
"""What would stand in a letter whose words were not filled in."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A kind of letter to open: which notice it is, and what its reader must find in subject and text."""

    file: str
    kind: str
    step: int
    subject: str
    words: tuple[str, ...]


NAMED = ("2 trong 18 đơn vị", "Huyện Tây Giang", "Huyện Nam Trà My")
WANTED = (
    Wanted("nhac-truoc-han-7-ngay", "reminder", -7, "Còn 7 ngày, hạn 31/07/2023", ("còn 7 ngày", "thôi nhắc")),
    Wanted("qua-han-1-ngay", "reminder", 1, "Quá hạn 1 ngày", ("31/07/2023",)),
    Wanted("bao-cap-tren", "escalation", 3, "Cấp dưới quá hạn 3 ngày", ("đã quá 3 ngày", "đôn đốc")),
    Wanted(
        "don-vi-khong-gui",
        "silence",
        0,
        "2/18 đơn vị không gửi kết quả",
        NAMED,
    ),
)


class Mailbox:
    """The mails that the development system kept instead of sending."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)

    @classmethod
    def of(cls, api: Api) -> "Mailbox | None":
        """That of the system we play against, when its data lies in OCOP_HOME; None where it sends its mails."""
        file = Path(os.environ.get("OCOP_HOME") or ".run") / "providers.json"
        told: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        ours = bool(told) and urlsplit(told["origin"]).port == api.http.base_url.port
        return cls(told["providers"]) if ours else None

    def names(self) -> dict[str, list[str]]:
        """The mails by the id of the notice they carry."""
        found: dict[str, list[str]] = {}
        for mail in self._read("/mail/messages").json()["messages"]:
            found.setdefault(mail["message_id"].strip("<>").partition("@")[0], []).append(mail["name"])
        return found

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """What the simulated provider of a channel (sms, zns) took, oldest first."""
        taken: list[dict[str, Any]] = self._read(f"/{channel}/messages").json()["messages"]
        return taken

    def open(self, name: str) -> EmailMessage:
        """One mail."""
        content = self._read(f"/mail/messages/{name}").content
        return message_from_bytes(content, EmailMessage, policy=policy.default)

    def _read(self, path: str) -> httpx.Response:
        answer = self.http.get(path)
        if answer.status_code != 200:
            raise DemoFailedError(f"the mailbox says {answer.status_code} for {path}")
        return answer


def open_letters(api: Api, report: Report) -> None:
    """Compare the mails with what the notifier says it sent; open some, check their words, save them."""
    box = Mailbox.of(api)
    if box is None:
        report.line("Hệ thống này gửi thư thật, không giữ thư trong hộp thư mô phỏng: không mở thư.")
        return
    kept, mailed = box.names(), [one for one in notices(api) if one.channel == "email" and one.state == "sent"]
    wrong = Counter(len(kept.get(one.id, [])) for one in mailed)
    if set(wrong) != {1}:
        raise DemoFailedError(f"each notice that was sent is one mail; mails for a notice: {wrong}")
    report.line(f"{len(mailed)} thư ghi đã gửi, trong hộp thư đúng {len(mailed)} thư ấy, không thiếu, không trùng.")
    evaluations = {duty.id: duty for duty in duties(api, code=EVALUATION, year=2023)}
    folder = Path(os.environ.get("OCOP_HOME") or ".run").absolute() / "letters"
    folder.mkdir(parents=True, exist_ok=True)
    for wanted in WANTED:
        notice = _notice_of(wanted, mailed, evaluations)
        mail = box.open(kept[notice.id][0])
        text, page = _body(mail, "plain"), _body(mail, "html")
        _check(wanted, notice, mail, text, page, api)
        (folder / f"{wanted.file}.txt").write_text(text)
        (folder / f"{wanted.file}.html").write_text(_page(str(mail["Subject"]), page))
        report.line(f"Thư gửi {notice.person}: “{mail['Subject']}”")
    report.line(f"Thư cuối cùng viết (cả {len(WANTED)} thư, dạng HTML và văn bản, nằm trong {folder}):")
    for line in text.partition("\n--")[0].strip().splitlines():
        report.text(f"│ {line}")


def _notice_of(wanted: Wanted, mailed: Iterable[Notice], evaluations: dict[str, Duty]) -> Notice:
    """The newest such notice about a silent unit's evaluation."""
    found = [one for one in mailed if (one.kind, one.step) == (wanted.kind, wanted.step)]
    if wanted.kind == "silence":
        due = next(iter(evaluations.values())).due_on
        found = [one for one in found if one.due_on == due]
    else:
        found = [one for one in found if one.duty_id in evaluations and one.unit_code in SILENT]
    if not found:
        raise DemoFailedError(f"no mail of kind {wanted.kind} at step {wanted.step} was sent")
    return found[-1]


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        raise DemoFailedError(f"the mail “{mail['Subject']}” has no {kind} part")
    return str(part.get_content())


def _check(wanted: Wanted, notice: Notice, mail: EmailMessage, text: str, page: str, api: Api) -> None:
    """Raise DemoFailedError unless the letter says in good Vietnamese what it must, in both of its forms."""
    subject = str(mail["Subject"])
    if not subject.startswith("[OCOP] ") or wanted.subject not in subject:
        raise DemoFailedError(f"a mail that must say “{wanted.subject}” has the subject “{subject}”")
    for form in (text, page):
        missing = [word for word in (f"Kính gửi {notice.person}", *wanted.words) if word not in form]
        left = [mark for mark in _LEFT_OVER if mark in form]
        if missing or left or form != unicodedata.normalize("NFC", form):
            raise DemoFailedError(f"the mail “{subject}” lacks {missing}, has {left} left over:\n{form}")
        for link in _LINK.findall(form):
            if not link.startswith(str(api.http.base_url)) or api.request("GET", link).status_code >= 400:
                raise DemoFailedError(f"the mail “{subject}” has a link that leads nowhere: {link}")


def _page(subject: str, body: str) -> str:
    """The letter's HTML as a page that a browser shows with its letters right."""
    head = f'<meta charset="utf-8"><title>{escape(subject)}</title>'
    return f'<!doctype html>\n<html lang="vi"><head>{head}</head>\n<body>{body}</body></html>\n'
