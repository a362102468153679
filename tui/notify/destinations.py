"""Where alerts are sent: the table ``[notify]`` of ``config.toml``. Nothing is sent unless something is set here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from tui.health.alert import RANK, Change
from tui.health.checked import AlertSettingsError, build, option
from tui.notify.command import Command
from tui.notify.sink import Sink
from tui.notify.webhook import Webhook

LEVELS = ("INFO", "WARN", "ERROR")
STYLES = ("off", "auto", "osc9", "osc777")


@dataclass(frozen=True, slots=True)
class Destinations:
    """What is sent, how often, and where to."""

    level: str = option("WARN", "the least level that is sent", choices=LEVELS)
    cleared: bool = option(default=True, text="also send that an alert is over")
    bell: bool = option(default=False, text="ring the terminal's bell")
    terminal: str = option("off", "a notification by the terminal: off, auto, osc9 or osc777", choices=STYLES)
    command: tuple[str, ...] = option(
        (), "a program and its arguments, run without a shell; the alert is in RUNWATCH_ALERT_… variables"
    )
    webhook: str = option("", "an http or https address that gets the alert as JSON (Slack understands it)")
    webhook_variable: str = option("", "an environment variable that holds that address, to keep it out of the file")
    headers: Mapping[str, str] = option({}, "headers sent to it")
    timeout: float = option(10.0, "seconds that a command or a webhook may take", 0.1, 300)
    retries: int = option(3, "further tries of a webhook that failed for a reason that may pass", 0, 10)
    per_minute: int = option(6, "messages a minute to each destination at most; the rest is counted", 1, 1000)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object], where: str = "[notify]") -> Destinations:
        """The defaults, with what ``mapping`` says in their place.

        Raises:
            AlertSettingsError: a key that is none, or a value that cannot be used, named after ``where``.
        """
        made = build(cls, mapping, where)
        if made.webhook and made.webhook_variable:
            raise AlertSettingsError(f"{where}: webhook and webhook_variable are both set; keep one")
        if made.webhook and not made.webhook.startswith(("http://", "https://")):
            raise AlertSettingsError(f"{where}: webhook takes an http or https address")
        return made

    def wants(self, change: Change) -> bool:
        """Whether a step is sent; what is over because its run ended is no news beside that."""
        if change.what == "cleared" and (change.ended or not self.cleared):
            return False
        return RANK[change.alert.level] >= LEVELS.index(self.level)

    def sinks(self, environ: Mapping[str, str] = os.environ) -> list[Sink]:
        """The command and the webhook, where they are set; the terminal is not among them.

        Raises:
            AlertSettingsError: ``webhook_variable`` names a variable that holds no address.
        """
        sinks: list[Sink] = []
        if self.command:
            sinks.append(Command(self.command, self.timeout))
        address = self._address(environ)
        if address:
            sinks.append(Webhook(address, self.headers, self.timeout))
        return sinks

    def _address(self, environ: Mapping[str, str]) -> str:
        if not self.webhook_variable:
            return self.webhook
        address = environ.get(self.webhook_variable, "")
        if not address.startswith(("http://", "https://")):
            raise AlertSettingsError(
                f"[notify]: webhook_variable names {self.webhook_variable}, which holds no http or https address"
            )
        return address
