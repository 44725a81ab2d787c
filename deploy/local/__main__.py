"""`python -m deploy.local`: start the system, say where it is, run until Ctrl-C."""

import asyncio
import signal
import sys
import time

from deploy.local.memory import total_mib
from deploy.local.settings import CannotStart, LocalSettings
from deploy.local.supervisor import ChildFailed
from deploy.local.system import System
from deploy.local.terminal import say
from shared.embedded import EmbeddedError

_SHOWN_PEOPLE = 12


async def run(settings: LocalSettings) -> int:
    """Run one system until a signal; the exit code of the command."""
    begun = time.monotonic()
    say("OCOP · Mỗi xã một sản phẩm\n")
    system = System(settings)
    stop = asyncio.Event()
    starting = asyncio.create_task(system.start())
    _on_signals(system, stop, starting)
    code = 0
    try:
        await starting
        await _greet(system, time.monotonic() - begun)
        await stop.wait()
    except asyncio.CancelledError:
        code = 130
    except (CannotStart, ChildFailed, EmbeddedError) as error:
        say(f"\n{error}\n")
        code = 1
    if code != 1:
        say("\nStopping …")
    await system.stop()
    return code


def _on_signals(system: System, stop: asyncio.Event, starting: "asyncio.Task[None]") -> None:
    """First signal: stop in order. A second one, well after the first: end the children at once."""
    loop = asyncio.get_running_loop()
    first: list[float] = []

    def received() -> None:
        if first and time.monotonic() - first[0] > 1.0:  # make passes on what the terminal sent us already
            system.kill()
        elif not first:
            first.append(time.monotonic())
            stop.set()
            starting.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup wants us to go on
            loop.add_signal_handler(number, received)


async def _greet(system: System, seconds: float) -> None:
    memory = total_mib()
    taken = f", {memory:.0f} MiB of memory in all" if memory else ""
    say(f"\nReady in {seconds:.1f} s{taken}.\n")
    say(f"  Home       {system.url}/")
    say(f"  API        {system.url}/docs   (description: {system.url}/openapi.json)")
    mails = f"   (each kept in {system.settings.home / 'mail'})" if not system.settings.smtp_url else ""
    say(f"  Mail       {system.mail_url}{mails}")
    if system.providers_url:
        say(f"  Sent       {system.providers_url}/mail/messages  /sms/messages  /zns/messages   (nothing leaves)")
    say(f"  Logs       {system.settings.home / 'logs'}")
    people = await system.people()
    if people:
        say("\n  Sign in as one of the demonstration people:")
        say(f'    curl -s {system.url}/api/registry/v1/dev-tokens --json \'{{"person": "{people[0].get("code")}"}}\'')
        for one in people[:_SHOWN_PEOPLE]:
            say(f"    {one.get('code', ''):<32} {one.get('name', '')}")
        if len(people) > _SHOWN_PEOPLE:
            say(f"    … and {len(people) - _SHOWN_PEOPLE} more: {system.url}/api/registry/v1/dev-people")
    say("\nCtrl-C stops it.")


def main() -> int:
    """The command."""
    try:
        return asyncio.run(run(LocalSettings.from_environment()))
    except CannotStart as error:
        say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main())
