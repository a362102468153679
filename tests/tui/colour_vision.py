"""How far apart two colours are to people who see no red, no green or no blue, and to those who see all three."""

from __future__ import annotations

import numpy as np
from rich.color import Color

from tui.charts.buffer import F64

_SEEN: dict[str, tuple[tuple[float, float, float], ...]] = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Linear RGB as it is seen: Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color
Vision Deficiency" (2009), severity 1; https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html."""
KINDS = tuple(_SEEN)

_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def difference(one: Color, other: Color, kind: str) -> float:
    """The distance of two colours in OKLab (https://bottosson.github.io/posts/oklab/), a hundred from black to white.

    Args:
        one: A colour.
        other: Another.
        kind: Who sees them, of ``KINDS``.
    """
    return 100 * float(np.linalg.norm(_oklab(one, kind) - _oklab(other, kind)))


def _oklab(colour: Color, kind: str) -> F64:
    parts = np.array(colour.get_truecolor()) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(_SEEN[kind]) @ linear, 0, 1)
    lab: F64 = np.array(_LAB) @ np.cbrt(np.array(_CONES) @ seen)
    return lab
