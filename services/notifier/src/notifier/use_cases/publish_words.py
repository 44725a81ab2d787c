"""The words of notices: drafted, checked, approved by the provider where one must, in force from a date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from notifier.domain.short_messages import count_segments, unsigned
from notifier.domain.templates import SMS, ZNS, NoticeTemplate, example_of, faults_of, render, render_fields
from notifier.persistence.tables.policies import NoticeTemplate as Row
from notifier.persistence.unit_of_work import NotifierUow
from shared.auth.actors import Actor
from shared.errors import Conflict, Fault, Invalid, Text


@dataclass(frozen=True, slots=True)
class Preview:
    """Words with example parameters. `segments` for SMS, `fields` for a provider's template."""

    subject: str
    body: str
    html: str
    segments: int | None
    fields: dict[str, str]


async def draft_words(
    uow: NotifierUow,
    actor: Actor,
    *,
    code: str,
    form: str,
    valid_from: date,
    parameters: Sequence[str],
    subject: str,
    body: str,
    html: str,
    fields: Mapping[str, Mapping[str, Any]],
    language: str,
) -> Row:
    """The next version of a template, as a draft. Raises Invalid with every fault, NotFound for an unknown form."""
    await uow.templates.approval_days(form)
    if code not in await uow.templates.codes():
        raise Invalid(faults=[_fault("code", "unknown", "không có loại thông báo này", "no such kind of notice")])
    words = NoticeTemplate(
        code=code,
        form=form,
        version=await uow.templates.next_version(code, form),
        valid_from=valid_from,
        parameters=tuple(parameters),
        subject=subject.strip(),
        body=body.strip() + "\n",
        html=html.strip() + "\n" if html.strip() else "",
        fields={name: dict(value) for name, value in fields.items()},
        language=language,
    )
    await _check(uow, words)
    row = await uow.templates.add(words, state="draft")
    await uow.audit(str(actor.person_id), "draft", "notice_template", _id_of(row), _named(row))
    return row


async def publish_words(uow: NotifierUow, actor: Actor, code: str, form: str, version: int) -> Row:
    """Words that no provider must approve come into force from their date. Raises NotFound, Conflict, Invalid."""
    row = await uow.templates.get(code, form, version)
    if await uow.templates.approval_days(form):
        raise Conflict(
            "Mẫu này phải được nhà cung cấp duyệt: hãy gửi duyệt.",
            "The provider must approve these words: submit them.",
            state=row.state,
            allowed=["submit"],
        )
    _require(row, "draft")
    await _check(uow, _words_of(row))
    return await _decide(uow, actor, row, "approved", "publish")


async def submit_words(uow: NotifierUow, actor: Actor, code: str, form: str, version: int) -> Row:
    """Note that the words were given to the provider; the lead time begins. Raises NotFound, Conflict, Invalid."""
    row = await uow.templates.get(code, form, version)
    if not await uow.templates.approval_days(form):
        raise Conflict("Mẫu này không cần duyệt.", "Nobody must approve these.", state=row.state, allowed=["publish"])
    _require(row, "draft")
    await _check(uow, _words_of(row))
    row.state, row.submitted_at = "submitted", await uow.now()
    await uow.audit(str(actor.person_id), "submit", "notice_template", _id_of(row), _named(row))
    return row


async def decide_words(
    uow: NotifierUow,
    actor: Actor,
    code: str,
    form: str,
    version: int,
    *,
    approved: bool,
    provider_template: str | None,
    note: str | None,
) -> Row:
    """Note the provider's decision. Approved words are used from their date. Raises NotFound, Conflict, Invalid."""
    row = await uow.templates.get(code, form, version)
    _require(row, "submitted")
    if approved and form == ZNS and not provider_template:
        vi, en = "mã mẫu do nhà cung cấp cấp là bắt buộc", "the provider's id of the template is needed"
        raise Invalid(faults=[_fault("provider_template", "missing", vi, en)])
    row.provider_template, row.decision_note = provider_template, note
    return await _decide(uow, actor, row, "approved" if approved else "rejected", "decide")


async def preview_words(uow: NotifierUow, code: str, form: str, version: int) -> Preview:
    """The words with the parameters of an invented notice. Raises NotFound."""
    row = await uow.templates.get(code, form, version)
    example = example_of(code, silence=await uow.templates.silence_codes())
    if form == ZNS:
        fields = render_fields(row.fields, example)
        body = row.body
        for name, value in fields.items():
            body = body.replace(f"<{name}>", value)
        return Preview("", body, "", None, fields)
    words = render(row.subject, row.body, row.html, example)
    if form == SMS:
        text = unsigned(words.body)
        return Preview("", text, "", count_segments(text), {})
    return Preview(words.subject, words.body, words.html, None, {})


async def _check(uow: NotifierUow, words: NoticeTemplate) -> None:
    faults = faults_of(words, silence=await uow.templates.silence_codes())
    if faults:
        raise Invalid(faults=[_fault(field, "template", said, said) for field, said in faults])


async def _decide(uow: NotifierUow, actor: Actor, row: Row, state: str, action: str) -> Row:
    row.state, row.decided_at = state, await uow.now()
    await uow.audit(str(actor.person_id), action, "notice_template", _id_of(row), _named(row) | {"state": state})
    return row


def _require(row: Row, state: str) -> None:
    if row.state != state:
        allowed = {"draft": ["submit", "publish"], "submitted": ["decide"]}.get(row.state, [])
        raise Conflict(f"Mẫu đang ở trạng thái {row.state}.", f"It is {row.state}.", state=row.state, allowed=allowed)


def _words_of(row: Row) -> NoticeTemplate:
    names = ("code", "form", "version", "valid_from", "subject", "body", "html", "fields", "language")
    return NoticeTemplate(parameters=tuple(row.parameters), **{name: getattr(row, name) for name in names})


def _named(row: Row) -> dict[str, Any]:
    return {"code": row.code, "form": row.form, "version": row.version}


def _id_of(row: Row) -> UUID:
    return uuid5(NAMESPACE_URL, f"ocop:notifier:{row.code}:{row.form}:{row.version}")


def _fault(field: str, code: str, vi: str, en: str) -> Fault:
    return Fault(field, code, Text(vi, en))
