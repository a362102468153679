"""Write the pages that come from the code: ``python docs/generate.py`` (``make docs``). A test compares them.

``keys.md`` is made from the bindings of the screens and widgets, ``settings.md`` from the fields of ``Settings``,
``filter.md`` from the examples and the columns of the filter, and the help in ``cli.md`` from the commands.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from textual.app import App
from textual.binding import Binding
from textual.keys import format_key
from textual.widget import Widget

import tui.screens
import tui.widgets
from tui import app
from tui.plain import reference
from tui.settings import Settings
from tui.table import guide
from tui.table.columns import column_for
from tui.table.fields import aliases

DOCS = Path(__file__).parent

KEYS_HEAD = """# Keys

Made from the bindings of the code; `?` shows those of the screen one is on. Each can be given another key by its id, in
[config.toml](settings.md):

    [keys]
    "table.mark" = "x"
"""

SETTINGS_HEAD = """# Settings

Read from `$XDG_CONFIG_HOME/runwatch/config.toml` (`~/.config/runwatch/config.toml`). A wrong key or value is an error
that names it. What is set on the screen (columns, sort, zoom, theme …) is remembered by itself, per store, under
`$XDG_STATE_HOME/runwatch`; `tui watch --fresh` ignores that.

| key | default | what |
|---|---|---|
"""

FILTER_HEAD = """# Filters

What `/` in `tui watch` and `--filter` of the commands take; `--sort` and `--columns` take the same names.

| filter | what it shows |
|---|---|
"""

FILTER_NAMES = """
## Names

A name is one of the run's own properties below, else a config key (`optim.lr`), else a metric (`val/loss`). The end of
a longer name is enough where only one ends so: `lr` is `optim.lr`, `loss` is `val/loss`; config keys come before
metrics. Where several end so, it stands for none of them, and the filter says which there are. `config.`, `metric:`
and `meta:` before a name say which is meant.

Of a metric a filter can ask for more than its last value: `val/loss.min`, or `min(val/loss)`.

| summary | what |
|---|---|
"""

FILTER_FIELDS = """
| property | what |
|---|---|
"""


def pages() -> Mapping[str, str]:
    """The text of each page, by its file name."""
    cli = (DOCS / "cli.md").read_text(encoding="utf-8")
    return {
        "keys.md": keys_page(),
        "settings.md": settings_page(),
        "filter.md": filter_page(),
        "cli.md": reference.renewed(cli),
    }


def keys_page() -> str:
    """All bindings that have an id, under the headings of their areas."""
    areas: dict[str, dict[str, tuple[str, str]]] = {}
    for binding in bindings():
        area, _, _ = (binding.id or "").partition(".")
        about = binding.tooltip or binding.description
        areas.setdefault(area, {})[binding.id or ""] = (shown(binding.key), about)
    parts = [KEYS_HEAD]
    for area, rows in sorted(areas.items()):
        lines = "\n".join(f"| {keys} | {about} | `{name}` |" for name, (keys, about) in rows.items())
        parts.append(f"\n## {area}\n\n| key | what | id |\n|---|---|---|\n{lines}\n")
    return "".join(parts)


def bindings() -> Iterator[Binding]:
    """Every binding of the app, its screens and its widgets that has an id."""
    modules = [app]
    for package in (tui.screens, tui.widgets):
        modules += [import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__)]
    for module in modules:
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and issubclass(kind, (Widget, App)):
                own = kind.__dict__.get("BINDINGS", ())
                yield from (binding for binding in own if isinstance(binding, Binding) and binding.id)


def shown(keys: str) -> str:
    """``slash,ctrl+f`` as a person reads it."""
    return " ".join(f"`{'+'.join(format_key(part) for part in key.split('+'))}`" for key in keys.split(","))


def settings_page() -> str:
    """The fields of ``Settings`` with their defaults and what they mean."""
    rows = []
    for setting in fields(Settings):
        value = getattr(Settings(), setting.name)
        default = "a table" if not isinstance(value, (bool, int, float, str)) else f"`{toml(value)}`"
        rows.append(f"| `{setting.name}` | {default} | {setting.metadata['help']} |")
    return SETTINGS_HEAD + "\n".join(rows) + "\n"


def filter_page() -> str:
    """Filters by example, the summaries of metrics, and the run's own properties."""
    examples = "".join(f"| {code(text)} | {about} |\n" for text, about in guide.EXAMPLES)
    summaries = "".join(f"| `{name}` | {about} |\n" for name, about in guide.SUMMARIES.items())
    columns = {name: column_for(column).about for name, column in sorted(aliases().items())}
    fields = "".join(f"| `{name}` | {about} |\n" for name, about in columns.items())
    return FILTER_HEAD + examples + FILTER_NAMES + summaries + FILTER_FIELDS + fields


def code(text: str) -> str:
    """``text`` as code in a cell of a table."""
    escaped = text.replace("|", "\\|")
    return f"`` {escaped} ``" if "`" in text else f"`{escaped}`"


def toml(value: bool | float | str) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
