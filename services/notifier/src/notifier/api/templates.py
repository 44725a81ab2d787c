"""The words of notices: drafts, previews, approval."""

from dataclasses import asdict
from typing import Annotated

from fastapi import Request, Response

from notifier.api.deps import OnceOnly, Uow
from notifier.api.schemas.templates import TemplateDecision, TemplateDraft, TemplateList, TemplatePreview, TemplateRead
from notifier.use_cases.publish_words import decide_words, draft_words, preview_words, publish_words, submit_words
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.http.access import allow
from shared.http.app import service_router
from shared.http.etags import answer

router = service_router("notifier", tags=["notice templates"])
Secretary = Annotated[Actor, allow(Role.PROVINCE_SECRETARY)]
Reader = Annotated[Actor, allow(Role.PROVINCE_SECRETARY, Role.AUDITOR)]
ONE = "/notice-templates/{code}/{form}/{version}"


@router.get("/notice-templates", response_model=TemplateList)
async def list_templates(request: Request, _actor: Reader, uow: Uow) -> Response:
    """Every version of the words, the newest of each kind and form first, with approval and lead time."""
    days = {form: await uow.templates.approval_days(form) for form in await uow.templates.forms()}
    rows = await uow.templates.all()
    return answer(request, TemplateList(items=[TemplateRead.of(row, days[row.form]) for row in rows]))


@router.post("/notice-templates", status_code=201, response_model=TemplateRead)
async def draft_template(draft: TemplateDraft, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """A new version as a draft; every parameter it uses must be declared and exist, or it is refused here."""

    async def act() -> TemplateRead:
        row = await draft_words(uow, actor, **draft.model_dump())
        return TemplateRead.of(row, await uow.templates.approval_days(row.form))

    return await once(act)


@router.get(f"{ONE}/preview", response_model=TemplatePreview)
async def preview_template(request: Request, code: str, form: str, version: int, _actor: Reader, uow: Uow) -> Response:
    """The words with the parameters of an invented notice, and what an SMS of them would be charged as."""
    return answer(request, TemplatePreview(**asdict(await preview_words(uow, code, form, version))))


@router.post(f"{ONE}/publication", status_code=201, response_model=TemplateRead)
async def publish_template(code: str, form: str, version: int, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Bring a draft that no provider must approve into force from its date."""

    async def act() -> TemplateRead:
        return TemplateRead.of(await publish_words(uow, actor, code, form, version), 0)

    return await once(act)


@router.post(f"{ONE}/submission", status_code=201, response_model=TemplateRead)
async def submit_template(code: str, form: str, version: int, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Note that a draft was given to the provider for approval."""

    async def act() -> TemplateRead:
        row = await submit_words(uow, actor, code, form, version)
        return TemplateRead.of(row, await uow.templates.approval_days(form))

    return await once(act)


@router.post(f"{ONE}/decision", status_code=201, response_model=TemplateRead)
async def decide_template(
    code: str, form: str, version: int, decision: TemplateDecision, actor: Secretary, uow: Uow, once: OnceOnly
) -> Response:
    """Note what the provider decided; approved words are used from their date."""

    async def act() -> TemplateRead:
        row = await decide_words(uow, actor, code, form, version, **decision.model_dump())
        return TemplateRead.of(row, await uow.templates.approval_days(form))

    return await once(act)
