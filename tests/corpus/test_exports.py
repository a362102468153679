"""What leaves the program, against every payload: pictures, tables, the clipboard, notifications, webhooks."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import orjson
import pytest

from collectors.protocol import decode
from logstore.model.delta import RunDelta
from logstore.model.records import RunRecord
from logstore.model.runs import Run
from logstore.store import Store
from tests.corpus.hostile import NOW, PAYLOADS, encodable, everywhere, faults, sampler_lines, write_run
from tui import crash
from tui.charts.line import ChartSpec, Line, Look
from tui.commands import gpu as gpu_command
from tui.commands.guard import line as guard_line
from tui.export import png, points, svg, text
from tui.export.ink import inks_of
from tui.export.sketch import sketch
from tui.health.alert import Alert, Change
from tui.health.history import append
from tui.machine import machine_report
from tui.machine.telemetry import Telemetry
from tui.notify.command import variables
from tui.notify.message import Message, compose
from tui.notify.terminal import call
from tui.notify.webhook import body
from tui.plain import output
from tui.plain.listing import rows_of
from tui.show.palette import Swatch
from tui.show.safe import pasted
from tui.table.columns import column_for
from tui.table.export import tsv

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
TERMINALS = ({"TERM": "xterm-256color"}, {"TERM": "foot"}, {"TERM": "screen", "TMUX": "/tmp/tmux"})
payload = pytest.mark.parametrize("said", PAYLOADS.values(), ids=PAYLOADS)


def chart(said: str) -> ChartSpec:
    """A chart whose metric and curves are called ``said``."""
    steps = np.arange(20.0)
    curves = [
        Line(f"{said}/{i}", said, steps, np.where(steps == 7, np.nan, steps), 1, Swatch(i, "━"), times=NOW + steps)
        for i in range(2)
    ]
    return ChartSpec(said, curves)


def change(said: str) -> Change:
    """A step of an alert that says ``said`` wherever it can."""
    return Change("raised", Alert("stall", said, "ERROR", NOW, None, said, said, said, NOW), NOW)


def message(said: str) -> Message:
    """The message about it."""
    run = Run(said, Path("/store"))
    run.apply(RunDelta(said, Path("/store"), record=RunRecord(name=said, project=said)))
    return compose(change(said), run, said, said)


@payload
def test_svg_is_a_picture_and_nothing_else(said: str) -> None:
    written = svg.write(sketch(chart(said), Look(), 200), inks_of("runwatch-light"))
    assert faults(written) == []
    root = ET.fromstring(written.encode("utf-8", "replace"))
    tags = {node.tag.rpartition("}")[2] for node in root.iter()}
    assert tags <= {"svg", "title", "rect", "text", "g", "line", "path", "polygon", "polyline", "circle"}
    names = {name for node in root.iter() for name in node.attrib}
    assert not {name for name in names if name.startswith("on") or "href" in name}
    assert faults("".join(root.itertext())) == []


@payload
def test_png_is_a_picture(said: str) -> None:
    pillow = pytest.importorskip("PIL.Image")
    written = png.write(sketch(chart(said), Look(), 100), inks_of("runwatch-light"), 200, 100)
    assert pillow.open(io.BytesIO(written)).size == (200, 100)


@payload
@pytest.mark.parametrize("colour", [False, True])
def test_text_is_a_picture(said: str, colour: bool) -> None:
    assert faults(text.write(sketch(chart(said), Look(), 100), 60, 14, colour=colour), colours=colour) == []


@payload
def test_csv_runs_nothing(said: str) -> None:
    written = points.write(chart(said))
    assert faults(written) == []
    header, *rows = csv.reader(io.StringIO(written))
    assert len(rows) == 40
    for row in rows:
        assert len(row) == len(header)
        assert not any(FORMULA.match(cell) for cell in row[:3])


@payload
def test_a_copied_table_runs_nothing(said: str, tmp_path: Path) -> None:
    write_run(tmp_path, 0, everywhere(said))
    columns = [column_for(each) for each in ("name", "state", "meta:notes", "meta:tags", "config.text", "metric:said")]
    copied = pasted(tsv(columns, rows_of(Store(tmp_path).runs(), NOW)))
    assert faults(copied.replace("\t", "")) == []
    header, row = copied.splitlines()
    assert row.count("\t") == header.count("\t")
    assert not any(FORMULA.match(cell) for cell in row.split("\t"))


@payload
def test_what_is_copied_can_be_pasted_into_a_shell(said: str) -> None:
    copied = pasted(said)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", copied)
    assert [copied] == [said] or not said.isprintable()


@payload
@pytest.mark.parametrize("environ", TERMINALS, ids=["osc 9", "osc 777", "tmux"])
def test_a_notification_of_the_terminal_is_one_sequence(said: str, environ: dict[str, str]) -> None:
    sent = call(message(said), bell=False, style="auto", environ=environ)
    inner = sent.removeprefix(b"\x1bPtmux;\x1b").removesuffix(b"\x1b\\") if "TMUX" in environ else sent
    assert inner.startswith((b"\x1b]9;", b"\x1b]777;notify;"))
    assert inner.endswith(b"\x07")
    assert faults(inner[2:-1].decode()) == []
    assert inner.count(b";") == 3 or not inner.startswith(b"\x1b]777") or b";" in said.encode("utf-8", "replace")


@payload
def test_a_webhook_gets_text_that_mentions_nobody(said: str) -> None:
    sent = json.loads(body(message(said)))
    assert not set("<>") & set(sent["text"])
    assert faults(sent["text"]) == []
    assert [fault for value in sent["alert"].values() if isinstance(value, str) for fault in faults(value)] == []


@payload
def test_a_command_gets_variables_that_are_one_line(said: str) -> None:
    for name, value in variables(message(said)).items():
        assert re.fullmatch("RUNWATCH_ALERT_[A-Z]+", name)
        assert faults(value) == []
        assert "\n" not in value


@payload
def test_the_guard_says_one_harmless_line(said: str) -> None:
    told = guard_line(change(said), message(said))
    assert faults(told, colours=True) == []
    assert "\n" not in told


@payload
def test_the_machine_in_plain_lines(said: str) -> None:
    telemetry = Telemetry()
    for raw in sampler_lines(said):
        heard = decode(orjson.dumps(encodable(raw)))
        assert heard is not None
        telemetry.apply(heard)
    with contextlib.redirect_stdout(io.StringIO()) as told:
        gpu_command._print(telemetry, "gpu")
        output.echo_json(machine_report.as_json(telemetry, "gpu"))
    assert faults(told.getvalue()) == []


@payload
def test_an_alert_can_be_written_into_the_events(said: str, tmp_path: Path) -> None:
    path = write_run(tmp_path, 0, everywhere(said))
    before = len(Store(tmp_path).find("demo/run0").events)
    assert append(Store(tmp_path).find("demo/run0"), change(said)) is None
    assert len(Store(tmp_path).find("demo/run0").events) == before + 1
    assert path.is_dir()


@payload
def test_a_crash_report_is_harmless(said: str, tmp_path: Path) -> None:
    assert faults(crash.report(ValueError(said), tmp_path, NOW)) == []
    (written,) = tmp_path.iterdir()
    assert faults(written.read_text()) == []
