"""``tui.checks.alerts``: settings, where alerts are sent, and what stands in the way."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tui.checks.alerts import ask_tmux, check
from tui.checks.finding import Finding

INSIDE = {"TMUX": "/tmp/tmux-0/default,1,0"}


def findings(path: Path, environ: dict[str, str] | None = None, passthrough: str | None = "on") -> dict[str, Finding]:
    return {each.name: each for each in check(path, environ or {}, lambda: passthrough)}


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return path


def test_without_a_file_nothing_is_sent_and_nothing_is_wrong(tmp_path: Path) -> None:
    found = findings(tmp_path / "config.toml", INSIDE, "off")
    assert {name: each.status for name, each in found.items()} == {"settings": "ok", "sent to": "ok"}
    assert found["settings"].what.startswith("the defaults")
    assert found["sent to"].what.startswith("nowhere")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[notify", "is not TOML"),
        ("colour = 1", "there is no setting 'colour'"),
        ('[notify]\nwebhook_variable = "NO_SUCH"', "which holds no http or https address"),
    ],
)
def test_settings_that_cannot_be_used_are_named(tmp_path: Path, text: str, says: str) -> None:
    found = findings(config(tmp_path, text))
    assert list(found) == ["settings"]
    assert found["settings"].status == "fail"
    assert says in found["settings"].what


def test_every_way_is_named_and_the_address_is_not(tmp_path: Path) -> None:
    text = f'[notify]\nbell = true\nterminal = "osc9"\ncommand = ["{sys.executable}"]\nwebhook = "https://hooks.example/SECRET"\n'
    what = findings(config(tmp_path, text))["sent to"].what
    assert what.startswith("the bell, the terminal's notifications, command python")
    assert what.endswith("webhook hooks.example")


def test_a_program_that_is_not_there_fails(tmp_path: Path) -> None:
    found = findings(config(tmp_path, '[notify]\ncommand = ["no-such-program-here", "x"]'))["command"]
    assert (found.status, found.what) == ("fail", "no-such-program-here: not found")


@pytest.mark.parametrize(("passthrough", "status"), [("off", "warn"), ("on", "ok"), ("all", "ok"), (None, "ok")])
def test_tmux_passes_notifications_on_or_not(tmp_path: Path, passthrough: str | None, status: str) -> None:
    path = config(tmp_path, '[notify]\nterminal = "auto"')
    found = findings(path, INSIDE, passthrough)["tmux"]
    assert found.status == status
    assert (found.advice is not None) is (status == "warn")
    assert "tmux" not in findings(path, {}, "off"), "outside of tmux nobody asks"


@pytest.mark.parametrize(("script", "said"), [("echo off", "off"), ("exit 1", None)])
def test_tmux_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str | None) -> None:
    (tmp_path / "tmux").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "tmux").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ask_tmux() == said


def test_without_tmux_there_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ask_tmux() is None
