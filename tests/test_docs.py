"""README, docs and code agree: pages made from the code are up to date, links lead somewhere, named keys exist."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["keys.md", "settings.md", "filter.md", "cli.md"])
def test_pages_made_from_the_code_are_up_to_date(generate: ModuleType, page: str) -> None:
    assert (ROOT / "docs" / page).read_text("utf-8") == generate.pages()[page], "run: make docs"


def test_every_binding_has_a_description_and_a_tooltip(generate: ModuleType) -> None:
    for binding in generate.bindings():
        assert binding.description, binding
        assert binding.tooltip, binding


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_readme_names_every_command() -> None:
    from tui.cli import COMMANDS

    readme = (ROOT / "README.md").read_text("utf-8")
    for name in COMMANDS:
        assert f"`tui {name}" in readme, name


def commands_in(text: str) -> list[tuple[str, list[str]]]:
    """Every ``tui NAME …`` in code of a page, with its options."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    lines = [*re.findall(r"\btui ([a-z]+)\b([^|;&#\n]*)", blocks), *re.findall(r"`tui ([a-z]+)\b([^`\n]*)`", text)]
    return [(name, re.findall(r"(?<=\s)--?[a-z][a-z-]*", rest)) for name, rest in lines]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_that_a_page_names_are_there(page: Path) -> None:
    from tui.cli import COMMANDS
    from tui.plain.reference import help_text

    for name, options in commands_in(page.read_text("utf-8")):
        assert name in COMMANDS, name
        offered = help_text(name)
        for option in options:
            assert re.search(rf"(?<![\w-]){re.escape(option)}\b", offered), f"tui {name} {option}"


def test_pages_that_are_about_commands_name_some() -> None:
    found = {page.name: len(commands_in(page.read_text("utf-8"))) for page in PAGES}
    assert min(found["README.md"], found["cli.md"], found["scripts.md"]) > 15


def test_the_readmes_questions_are_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from tests.tui.commands.store_files import Writer
    from tui.cli import tui

    monkeypatch.setenv("LOGSTORE_DIR", str(tmp_path))
    for name, loss in {"brave-otter": 1.0, "calm-lynx": 2.0}.items():
        Writer(tmp_path).run(name, [{"val/loss": loss}], name=name, state="finished")
    readme = (ROOT / "README.md").read_text("utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)
    for line in block.splitlines():
        result = CliRunner().invoke(tui, line.partition("#")[0].split()[1:], prog_name="tui")
        assert (result.exit_code, result.stderr) == (0, ""), line
        assert "brave-otter" in result.stdout


def test_the_keys_that_the_readme_names_are_bound(generate: ModuleType) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = re.findall(r"^\| (`.*?) \| (?:table|run|charts|everywhere) \|", readme, re.MULTILINE)
    named = {key for row in table for key in re.findall(r"`(.+?)`", row)}
    bound = {key for binding in generate.bindings() for key in re.findall(r"`(.+?)`", generate.shown(binding.key))}
    assert len(named) > 30
    assert named - bound == set()


def test_the_readmes_lines_log_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    code = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[0]
    import subprocess

    lines = "loss, acc = 2.0, 0.5\n" + code.replace("range(1000)", "range(3)")
    environment = {"LOGSTORE_DIR": str(tmp_path), "LOGSTORE_SILENT": "1", "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", lines], check=True, env=environment, cwd=ROOT, timeout=50)
    (metrics,) = tmp_path.glob("mine/*/metrics.jsonl")
    assert metrics.read_text().count("train/loss") == 3
