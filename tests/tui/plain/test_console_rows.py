"""Lines of a console for scripts, as they come, with when they were printed."""

from __future__ import annotations

import json
from pathlib import Path

from logstore.reading.console_times import Printed
from tui.plain.console_rows import ConsoleRow, ConsoleRows

NOW = 1_790_000_000.0


def test_lines_are_told_by_where_they_stand(tmp_path: Path) -> None:
    log, index = tmp_path / "console.rank2.log", tmp_path / "console.times.rank2.jsonl"
    rows = ConsoleRows(log)
    assert list(rows.rows(b"a\nb\n", 4)) == [ConsoleRow("a", None), ConsoleRow("b", None)]
    index.write_text("".join(f"{json.dumps({'_timestamp': NOW + at, 'offset': at})}\n" for at in (2, 6)))
    assert list(rows.rows(b"a\nb\nc\n", 6, most=2)) == [
        ConsoleRow("b", Printed(NOW + 2, None)),
        ConsoleRow("c", Printed(NOW + 2, None)),
    ]
    assert list(rows.rows(b"\x1b[1md\xff\n", 13)) == [ConsoleRow("d·", Printed(NOW + 6, None))]


def test_a_row_says_no_more_than_is_known() -> None:
    assert ConsoleRow("x", None).to_json() == {"line": "x"}
    assert ConsoleRow("x", Printed(1.23456, None)).to_json() == {"line": "x", "time": 1.235}
    assert ConsoleRow("x", Printed(NOW, 7)).to_json() == {"line": "x", "time": NOW, "step": 7}
    assert ConsoleRow("x", None).to_text(NOW) == "–  x"
    assert ConsoleRow("x", Printed(NOW, 7)).to_text(NOW).endswith(" · step 7  x")
