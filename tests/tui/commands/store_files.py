"""Writes real files of a store, as docs/format.md has them."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from click.testing import Result

START = 1_790_000_000.0
HOSTILE = "evil\x1b[2J[bold red]run[/]\x9b31m\u202e"

Invoke = Callable[..., Result]
Values = Mapping[str, float]

_NONFINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


class Writer:
    """Makes runs in a store."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(
        self,
        run_id: str,
        rows: Sequence[Values] = (),
        config: Mapping[str, object] | None = None,
        project: str = "demo",
        **record: Any,
    ) -> Path:
        path = self.root / project / run_id
        path.mkdir(parents=True)
        known = {"format": 1, "id": run_id, "project": project, "created": START, "host": "box", **record}
        (path / "run.json").write_text(json.dumps(known))
        (path / "config.json").write_text(json.dumps(config or {}))
        (path / "metrics.jsonl").write_text("".join(self.row(step, values) for step, values in enumerate(rows)))
        return path

    @staticmethod
    def row(step: int, values: Values) -> str:
        plain = {key: value if math.isfinite(value) else _NONFINITE[str(value)] for key, value in values.items()}
        return json.dumps({"_step": step, "_timestamp": START + step, "_runtime": float(step), **plain}) + "\n"


def harmless(text: str) -> bool:
    """Whether nothing in ``text`` is anything but printable characters and line ends."""
    return all(character.isprintable() or character == "\n" for character in text)
