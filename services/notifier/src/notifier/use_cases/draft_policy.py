"""Import a reminder policy as a draft, or replace the content of one."""

from uuid import NAMESPACE_URL, UUID, uuid5

from notifier.domain.policies import PolicyDraft, faults_of_policy
from notifier.persistence.tables.policies import ReminderPolicy
from notifier.persistence.unit_of_work import NotifierUow
from shared.auth.actors import Actor
from shared.errors import Conflict, Fault, Invalid, NotFound, Text
from shared.http.etags import check_version


def audit_id(policy_id: str) -> UUID:
    """The id under which the audit trail keeps a policy: its own is a word."""
    return uuid5(NAMESPACE_URL, f"reminder-policy:{policy_id}")


async def draft_policy(uow: NotifierUow, actor: Actor, policy: PolicyDraft) -> ReminderPolicy:
    """Store a checked draft. Raises Invalid with every fault and its path, Conflict when the id is taken."""
    await _check(uow, policy)
    known = await uow.policies.find(policy.id)
    if known is not None:
        raise Conflict(
            "Mã này đã có; đặt mã khác, hoặc sửa bản nháp bằng PATCH.",
            "This id is taken; choose another, or change the draft by PATCH.",
            state=known.state,
            allowed=["PATCH"] if known.state == "draft" else [],
        )
    row = await uow.policies.draft(policy, actor.person_id)
    await uow.audit(str(actor.person_id), "draft", "reminder_policy", audit_id(row.id), policy.model_dump(mode="json"))
    return row


async def redraft_policy(
    uow: NotifierUow, actor: Actor, policy_id: str, policy: PolicyDraft, *, expected: int
) -> ReminderPolicy:
    """Replace a draft. Raises NotFound, Stale, Invalid; Conflict once it is published: it never changes then."""
    row = await locked_policy(uow, policy_id)
    check_version(expected, row.version)
    refuse_published(row)
    if policy.id != policy_id:
        text = Text("Phải là mã trong đường dẫn", "Must be the id of the path")
        raise Invalid(faults=[Fault("id", "mismatch", text)])
    await _check(uow, policy)
    await uow.policies.redraft(row, policy)
    await uow.audit(
        str(actor.person_id), "redraft", "reminder_policy", audit_id(row.id), policy.model_dump(mode="json")
    )
    return row


async def locked_policy(uow: NotifierUow, policy_id: str) -> ReminderPolicy:
    """The policy, locked. Raises NotFound."""
    row = await uow.policies.find(policy_id, lock=True)
    if row is None:
        raise NotFound("Không có chính sách nhắc việc này.", "There is no such reminder policy.")
    return row


def refuse_published(row: ReminderPolicy) -> None:
    """Raise Conflict unless the policy is a draft."""
    if row.state != "draft":
        raise Conflict(
            "Chính sách đã công bố thì không sửa; hãy lập bản mới thay thế.",
            "A published policy never changes; draft a new one that supersedes it.",
            state=row.state,
            allowed=["POST /reminder-policies"],
        )


async def _check(uow: NotifierUow, policy: PolicyDraft) -> None:
    if faults := faults_of_policy(policy, await uow.policies.known()):
        raise Invalid(faults=faults)
