"""Where background work is put together: wiring only."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlencode
from uuid import UUID

from notifier.domain.unsubscription import sign
from notifier.integrations.channels import Sender, Senders
from notifier.integrations.email import EmailSender
from notifier.integrations.eoffice import EofficeSender
from notifier.integrations.mail_signatures import MailSignature
from notifier.integrations.outward_http import OutwardHttp
from notifier.integrations.push_encryption import Vapid
from notifier.integrations.resources import Resources
from notifier.integrations.seals import Seal
from notifier.integrations.sms import SmsAccount, SmsSender
from notifier.integrations.units import UnitDirectory
from notifier.integrations.webhooks import WebhookSender
from notifier.integrations.webpush import WebPushSender
from notifier.integrations.zalo_tokens import ZaloTokens
from notifier.integrations.zns import ZnsSender
from notifier.persistence.formal_documents import DraftStore
from notifier.persistence.push_devices import PushDeviceStore
from notifier.persistence.tokens import TokenStore
from notifier.persistence.unit_of_work import NotifierUow
from notifier.settings import Settings
from notifier.tasks import TASKS
from notifier.use_cases.push_devices import push_rules
from shared.clients.base import ServiceClient
from shared.db.engine import Database
from shared.tasks.worker import run_worker


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """The connections to providers and to registry, for as long as the worker runs; the channels without an account
    are not offered."""
    database = Database(settings.database_url.get_secret_value(), name="notifier-senders", pool=1)
    senders = build_senders(settings, database)
    units = UnitDirectory(ServiceClient("registry", settings.registry_url))
    systems = build_systems(settings)
    try:
        async with NotifierUow.open(database) as uow:
            await uow.channels.offer([*senders, *(["webhook"] if systems else [])])
        yield Resources(senders, units, systems)
    finally:
        await units.close()
        if systems is not None:
            await systems.close()
        for sender in senders.values():
            await sender.close()
        await database.stop()


def mail_signature(settings: Settings) -> MailSignature | None:
    """What signs mails, where a key is set. Raises ValueError for one that nobody would accept."""
    if settings.dkim_key is None:
        return None
    key = settings.dkim_key.get_secret_value()
    return MailSignature(settings.dkim_domain, settings.dkim_selector, key, settings.mail_from)


def build_senders(settings: Settings, database: Database) -> Senders:
    """One sender for each account in the settings."""
    smtp = settings.smtp_url.get_secret_value()
    senders: dict[str, Sender] = {
        "email": EmailSender(
            smtp,
            settings.mail_from,
            settings.mail_connections,
            bounces_to=settings.mail_bounces_to,
            link=unsubscription_link(settings),
            signature=mail_signature(settings),
        )
    }
    if settings.sms_url:
        senders["sms"] = SmsSender(
            SmsAccount(
                settings.sms_url,
                settings.sms_key.get_secret_value(),
                settings.sms_secret.get_secret_value(),
                settings.sms_brand,
                callback_url(settings),
            ),
            settings.sms_connections,
        )
    if settings.zns_url and settings.token_key:
        tokens = ZaloTokens(
            settings.zns_oauth_url,
            settings.zns_app_id,
            settings.zns_secret.get_secret_value(),
            settings.zns_refresh_token.get_secret_value(),
            settings.token_key.get_secret_value(),
            TokenStore(database, "zns"),
        )
        senders["zns"] = ZnsSender(
            settings.zns_url, tokens, development=settings.zns_development, concurrency=settings.zns_connections
        )
    if settings.webpush_key:
        senders["webpush"] = WebPushSender(
            OutwardHttp(loopback=settings.outward_loopback),
            Vapid(settings.webpush_key.get_secret_value(), settings.webpush_contact),
            PushDeviceStore(database),
            push_rules(),
            loopback=settings.outward_loopback,
        )
    if settings.eoffice_url:
        key, own = settings.eoffice_key.get_secret_value(), settings.eoffice_organisation
        senders["eoffice"] = EofficeSender(settings.eoffice_url, key, own, DraftStore(database))
    return senders


def build_systems(settings: Settings) -> WebhookSender | None:
    """What tells systems of others; None without a key for their secrets."""
    if settings.token_key is None:
        return None
    http = OutwardHttp(loopback=settings.outward_loopback)
    return WebhookSender(http, Seal(settings.token_key.get_secret_value()), settings.public_url)


def callback_url(settings: Settings) -> str | None:
    """Where the SMS provider tells of deliveries; it can send no header, so the secret is in the address."""
    if settings.receipts_secret is None:
        return None
    query = urlencode({"secret": settings.receipts_secret.get_secret_value()})
    return f"{settings.public_url}/api/notifier/v1/receipts/sms?{query}"


def unsubscription_link(settings: Settings) -> Callable[[UUID], str] | None:
    """Makes the address that declines a notice; None without a key to sign it."""
    if settings.link_key is None:
        return None
    key = settings.link_key.get_secret_value()
    return lambda notice_id: f"{settings.public_url}/api/notifier/v1/unsubscriptions?token={sign(notice_id, key)}"


def run() -> None:
    """Work until SIGTERM."""
    run_worker(Settings(), TASKS, NotifierUow, open_resources)  # from the environment
