"""An app with our themes: what the real app and every small one in the tests begin with."""

from __future__ import annotations

from textual.app import App

from tui import themes
from tui.show.safe import pasted


class ThemedApp(App[None]):
    """Registers the themes and gives every theme, ours or not, the variables that our widgets use."""

    CSS = "Input > .input--placeholder, Input > .input--suggestion { color: $dim; }"

    def __init__(self, theme: str = themes.DARK) -> None:
        super().__init__()
        for ours in themes.THEMES:
            self.register_theme(ours)
        self.theme = theme if self.get_theme(theme) is not None else themes.DARK

    def known_theme(self, name: str | None) -> str:
        """The theme of this name; where there is none such, the one in force."""
        return name if name is not None and self.get_theme(name) is not None else self.theme

    def copy_to_clipboard(self, text: str) -> None:
        """Copy ``text`` without anything that a terminal would act on when it is pasted."""
        super().copy_to_clipboard(pasted(text))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variable_defaults()

    def action_next_theme(self) -> None:
        """Go to the next of our themes."""
        names = [ours.name for ours in themes.THEMES]
        now = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(now + 1) % len(names)]
