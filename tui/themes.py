"""The themes: dark, light and colour-blind safe. Colours stand here and nowhere else.

Widgets name colours by meaning, through theme variables: ``$series-1`` to ``$series-12`` for runs, ``$dim`` for
secondary text, ``$faint`` for rules and grids, ``$state-…`` for the states of a run and ``$heat-1`` to ``$heat-5`` for
a gradient from cool to hot. State is never told by colour alone: a shape and a word go with it. Whatever is read has a
contrast of 4.5 on every ground that text stands on (https://www.w3.org/TR/WCAG22/#contrast-minimum).
"""

from __future__ import annotations

from textual.theme import Theme

from tui.show.palette import SLOTS

DARK, LIGHT, SAFE = "runwatch-dark", "runwatch-light", "runwatch-safe"

# Found by search: any two are told apart as well as twelve can be that are read on these grounds, also by who sees no
# red, no green or no blue. The test of this module says how far apart they are.
_DARK_SERIES = (
    *("#00c4fe", "#feb300", "#47bb9a", "#f26038", "#bc71d8", "#f8ea8f"),
    *("#01ebd8", "#ff8aa5", "#6990fd", "#a3d469", "#c29c6f", "#b4aad6"),
)
_LIGHT_SERIES = (
    *("#0169c3", "#bb3d09", "#02793b", "#d0034c", "#73148e", "#6d6703"),
    *("#196661", "#aa2372", "#363ab3", "#47500c", "#7c4130", "#57678b"),
)
_SAFE_SERIES = (
    *("#51beb7", "#fbcc0e", "#db8ffe", "#dc6f0e", "#acfffe", "#14a563"),
    *("#8f87bb", "#e4ff97", "#d949ff", "#35eaaf", "#cbc8fb", "#a4ba5b"),
)
_STATES = ("running", "finished", "failed", "crashed", "killed", "pending", "unknown", "stalled")


def _states(*colours: str) -> dict[str, str]:
    return {f"state-{name}": colour for name, colour in zip(_STATES, colours, strict=True)}


def _variables(
    series: tuple[str, ...], dim: str, faint: str, heat: tuple[str, ...], *, ground: str, accent: str
) -> dict[str, str]:
    assert len(series) == SLOTS
    return {
        **{f"series-{i}": colour for i, colour in enumerate(series, 1)},
        **{f"heat-{i}": colour for i, colour in enumerate(heat, 1)},
        "dim": dim,
        "faint": faint,
        "footer-background": ground,
        "footer-description-foreground": dim,
        "footer-item-background": ground,
        "footer-key-background": ground,
        "footer-key-foreground": accent,
        "block-cursor-text-style": "none",
        "border": faint,
        "scrollbar": faint,
        "scrollbar-background": ground,
        "scrollbar-background-hover": ground,
        "scrollbar-background-active": ground,
        "scrollbar-corner-color": ground,
    }


_HEAT = ("#2e7d46", "#7cb342", "#d4c430", "#f0932b", "#e5484d")

THEMES = (
    Theme(
        name=DARK,
        primary="#4fc3f7",
        secondary="#7c9cff",
        accent="#4fc3f7",
        foreground="#d6dbe1",
        background="#0f1317",
        surface="#151a20",
        panel="#1d2631",
        success="#81c784",
        warning="#ffb74d",
        error="#f07178",
        dark=True,
        variables={
            **_variables(_DARK_SERIES, "#8a939d", "#2a323b", _HEAT, ground="#0f1317", accent="#4fc3f7"),
            "warning-muted": "#4e3d23",
            **_states("#81c784", "#9fb3c8", "#f07178", "#f07178", "#ba8cf5", "#8a939d", "#8a939d", "#ffb74d"),
        },
    ),
    Theme(
        name=LIGHT,
        primary="#026dad",
        secondary="#3949ab",
        accent="#026dad",
        foreground="#1f2933",
        background="#fafbfc",
        surface="#f0f3f6",
        panel="#e3eaf1",
        success="#2c7730",
        warning="#9a5700",
        error="#c62828",
        dark=False,
        variables={
            **_variables(
                _LIGHT_SERIES,
                "#5d6975",
                "#d3dae1",
                ("#2e7d46", "#5f8f1f", "#a58b00", "#c75f00", "#c62828"),
                ground="#fafbfc",
                accent="#026dad",
            ),
            "accent-muted": "#cfe2f0",
            "warning-muted": "#f3e2c8",
            **_states("#2c7730", "#4a6580", "#c62828", "#c62828", "#7b1fa2", "#5d6975", "#5d6975", "#9a5700"),
        },
    ),
    Theme(
        name=SAFE,
        primary="#56b4e9",
        secondary="#5a9bd8",
        accent="#56b4e9",
        foreground="#dce1e6",
        background="#0f1317",
        surface="#151a20",
        panel="#1d2631",
        success="#2fc79b",
        warning="#e69f00",
        error="#ff7f3f",
        dark=True,
        variables={
            **_variables(
                _SAFE_SERIES,
                "#8f98a2",
                "#2a323b",
                ("#22406b", "#3f6fa8", "#56b4e9", "#f0e442", "#e69f00"),
                ground="#0f1317",
                accent="#56b4e9",
            ),
            **_states("#2fc79b", "#9fb3c8", "#ff7f3f", "#ff7f3f", "#d58cb8", "#8f98a2", "#8f98a2", "#e69f00"),
        },
    ),
)


def variable_defaults() -> dict[str, str]:
    """What a theme of somebody else's lacks: the dark theme's values for our own variables."""
    return dict(THEMES[0].variables)
