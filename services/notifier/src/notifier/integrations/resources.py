"""What tasks of the worker have at hand besides the database."""

from collections.abc import Mapping

from notifier.integrations.channels import Sender
from notifier.integrations.units import UnitDirectory


class Resources(dict[str, Sender]):
    """The senders by channel, and the directory of units."""

    def __init__(self, senders: Mapping[str, Sender], units: UnitDirectory) -> None:
        super().__init__(senders)
        self.units = units
