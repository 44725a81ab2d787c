"""What tasks of the worker have at hand besides the database."""

from collections.abc import Mapping

from notifier.integrations.channels import Sender
from notifier.integrations.units import UnitDirectory
from notifier.integrations.webhooks import WebhookSender


class Resources(dict[str, Sender]):
    """The senders by channel, the directory of units, and what tells systems of others (None: not offered)."""

    def __init__(
        self, senders: Mapping[str, Sender], units: UnitDirectory, systems: WebhookSender | None = None
    ) -> None:
        super().__init__(senders)
        self.units = units
        self.systems = systems
