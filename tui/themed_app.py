"""An app with our themes: what the real app and every small one in the tests begin with."""

from __future__ import annotations

from textual.app import App

from tui import themes


class ThemedApp(App[None]):
    """Registers the themes and gives every theme, ours or not, the variables that our widgets use."""

    def __init__(self, theme: str = themes.DARK) -> None:
        super().__init__()
        for ours in themes.THEMES:
            self.register_theme(ours)
        if self.get_theme(theme) is not None:
            self.theme = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variable_defaults()

    def action_next_theme(self) -> None:
        """Go to the next of our themes."""
        names = [ours.name for ours in themes.THEMES]
        now = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(now + 1) % len(names)]
