"""From alerts to what the screens show of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from logstore.model.runs import Run
from tui.widgets.alert_line import Notice

if TYPE_CHECKING:
    from tui.health.alert import Alert


def notices(alerts: Iterable[Alert], runs: Mapping[str, Run]) -> tuple[Notice, ...]:
    """Each alert with the name of its run; one of the machine, or of a run that is gone, has none."""
    return tuple(_notice(alert, runs.get(alert.run or "")) for alert in alerts)


def _notice(alert: Alert, run: Run | None) -> Notice:
    if run is None:
        return Notice(alert.level, "", alert.text, alert.raised)
    return Notice(alert.level, run.name, alert.text, alert.raised, run.key)
