"""What goes into the advisory team's report to the council (26/2026 Art. 7.3; no annex prescribes its form)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from evaluation.domain.advice import AdviceKind
from evaluation.domain.council_papers import Person
from evaluation.domain.issuing_bodies import Head, Office, long_day, short_day
from evaluation.domain.producer_papers import Paper, Passage
from evaluation.domain.sheets import Sheet

POSTS: Mapping[str, str] = {"advisory_head": "Tổ trưởng", "advisory_member": "Thành viên"}
OUTCOMES: Mapping[str, str] = {"meets": "đạt", "fails": "không đạt", "inconclusive": "chưa kết luận được"}
"""Outcomes of a test, as printed."""


class Record(Protocol):
    """A record of the team."""

    id: UUID
    kind: str
    on_day: date
    content: dict[str, Any]
    answers: UUID | None


class Adviser(Protocol):
    """Somebody in the team."""

    name: str
    body: str
    post: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisoryReport(Paper):
    """The advisory team's report to the council on one dossier (26/2026 Art. 7.3)."""

    head: Head
    year: int
    addressee: str
    bases: tuple[str, ...]
    product: str
    producer: str
    commune: str
    group: str
    members: tuple[Person, ...]
    checks: tuple[Passage, ...]
    """What was checked: papers, samples, tests."""
    visit: tuple[Passage, ...]
    """Site visits: place and day, people, what was seen. Empty where there was none."""
    findings: tuple[Passage, ...]
    """What the team found on each part of the sheet."""
    opinion: str
    recipients: tuple[str, ...]
    signer: str | None


def advisory_report(
    office: Office,
    report: Record,
    records: Sequence[Record],
    files: Mapping[UUID, int],
    sheet: Sheet,
    *,
    product: str,
    producer: str,
    commune: str,
    group: str,
    year: int,
    bases: Sequence[str],
    team: Sequence[Adviser],
) -> AdvisoryReport:
    """The report with what led to it: `records` of the team until then, oldest first, `files` their number of files."""
    place, day = office.place, long_day(report.on_day)
    head = Head(office.lines, ("Tổ tư vấn đánh giá,", "phân hạng sản phẩm OCOP"), "BC-TTV", place, day)
    return AdvisoryReport(
        title="Báo cáo đánh giá của Tổ tư vấn",
        author="Tổ tư vấn",
        made_on=report.on_day,
        head=head,
        year=year,
        addressee="Hội đồng đánh giá, phân hạng sản phẩm OCOP",
        bases=tuple(bases),
        product=product,
        producer=producer,
        commune=commune,
        group=group,
        members=tuple(Person(name=one.name, body=one.body, part=POSTS[one.post]) for one in team),
        checks=(*_checked(records, sheet), *_samples(records), *_tests(records)),
        visit=_visits(records, files),
        findings=tuple(_finding(found, sheet) for found in report.content["findings"]),
        opinion=report.content["proposal"],
        recipients=("Như trên", "Cơ quan thường trực OCOP", "Lưu: TTV"),
        signer=next((one.name for one in team if one.post == "advisory_head"), None),
    )


def _of(records: Sequence[Record], kind: AdviceKind) -> list[Record]:
    return [record for record in records if record.kind == kind]


def _checked(records: Sequence[Record], sheet: Sheet) -> tuple[Passage, ...]:
    """Papers and criteria verified: how many were right, and each that was not with its reason."""
    titles = {criterion.code: criterion.title_vi for criterion in sheet.criteria}
    found = []
    for record in _of(records, AdviceKind.CHECK):
        items = record.content["items"]
        right = sum(bool(item["ok"]) for item in items)
        wrong = [f"{_named(item, titles)}: {item.get('reason') or 'chưa đạt'}" for item in items if not item["ok"]]
        said = [f"đã kiểm tra {len(items)} mục, {right} mục đúng yêu cầu"]
        said += [f"chưa đúng: {'; '.join(wrong)}"] if wrong else []
        said += [record.content["remarks"]] if record.content.get("remarks") else []
        found.append(_passage("Hồ sơ, minh chứng", record.on_day, said))
    return tuple(found)


def _named(item: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    if item["kind"] == "criterion":
        return f"tiêu chí {item['ref']} ({titles.get(item['ref'], '')})"
    return "giấy tờ minh chứng" if item["kind"] == "paper" else f"mục {item['ref']}"


def _samples(records: Sequence[Record]) -> tuple[Passage, ...]:
    return tuple(
        _passage(
            "Sản phẩm mẫu",
            record.on_day,
            [f"nhận {record.content['count']} mẫu", record.content["condition"]],
        )
        for record in _of(records, AdviceKind.SAMPLES)
    )


def _tests(records: Sequence[Record]) -> tuple[Passage, ...]:
    """Each test asked for with its results; one that has none yet says so."""
    found = []
    for asked in _of(records, AdviceKind.TEST_REQUEST):
        where = asked.content.get("laboratory")
        said = [asked.content["what"] + (f" ({where})" if where else "")]
        answers = [record for record in _of(records, AdviceKind.TEST_RESULT) if record.answers == asked.id]
        said += [_test_result(answer) for answer in answers] or ["chưa có kết quả"]
        found.append(_passage("Kiểm nghiệm", asked.on_day, said))
    return tuple(found)


def _test_result(answer: Record) -> str:
    number = answer.content.get("number")
    paper = f"phiếu số {number} ngày" if number else "ngày"
    return f"{paper} {short_day(answer.on_day)}: {OUTCOMES[answer.content['outcome']]}; {answer.content['summary']}"


def _visits(records: Sequence[Record], files: Mapping[UUID, int]) -> tuple[Passage, ...]:
    found = []
    for record in _of(records, AdviceKind.SITE_VISIT):
        content = record.content
        said = [f"tại {content['place']}", f"người tham gia: {', '.join(content['people'])}", content["observations"]]
        said += [f"kèm {files[record.id]} ảnh"] if files.get(record.id) else []
        found.append(_passage("Khảo sát", record.on_day, said))
    return tuple(found)


def _finding(found: Mapping[str, Any], sheet: Sheet) -> Passage:
    part = next(part for part in sheet.parts if part.code == found["part"])
    proposed = found.get("points")
    points = "" if proposed is None else f" Đề xuất {proposed}/{part.max} điểm."
    return Passage(heading=f"Phần {part.code} ({part.name_vi})", text=found["finding"] + points)


def _passage(heading: str, day: date, said: Sequence[str]) -> Passage:
    sentences = [words.strip(" .;") for words in said]
    text = " ".join(f"{words[0].upper()}{words[1:]}." for words in sentences if words)
    return Passage(heading=f"{heading}, ngày {short_day(day)}", text=text)
