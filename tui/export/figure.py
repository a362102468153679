"""A chart as the bytes of a file: a picture, its points, or text."""

from __future__ import annotations

from tui.charts.line import ChartSpec, Look

KINDS = (".svg", ".png", ".csv", ".txt")
"""What a chart can be written as, by the end of the file's name."""
PIXELS = (960, 480)
CELLS = (100, 30)


def figure(
    kind: str, spec: ChartSpec, look: Look, theme: str, width: int | None = None, height: int | None = None
) -> bytes:
    """The chart as ``kind``, one of ``KINDS``.

    Args:
        kind: The end of the file's name.
        spec: What to draw.
        look: How to draw it.
        theme: Whose colours a picture has.
        width: In pixels of a picture, in cells of a text.
        height: In pixels or lines.

    Raises:
        KeyError: no theme of ours has that name.
        OSError: it cannot be drawn here (Pillow is missing).
    """
    if kind == ".csv":
        from tui.export import points

        return points.write(spec).encode("utf-8", "replace")
    if kind == ".txt":
        return text(spec, look, width or CELLS[0], height or CELLS[1], colour=False).encode("utf-8", "replace")
    return _picture(kind, spec, look, theme, (width or PIXELS[0], height or PIXELS[1]))


def text(spec: ChartSpec, look: Look, columns: int, rows: int, *, colour: bool) -> str:
    """The chart in ``columns`` x ``rows`` cells."""
    from tui.export.sketch import sketch
    from tui.export.text import write

    parts = (max(2, columns // 16), max(2, rows // 5))
    return write(sketch(spec, look, 2 * columns, parts), columns, rows, colour=colour)


def _picture(kind: str, spec: ChartSpec, look: Look, theme: str, size: tuple[int, int]) -> bytes:
    from tui.export import png, svg
    from tui.export.ink import inks_of
    from tui.export.sketch import sketch

    inks = inks_of(theme)
    drawn = sketch(spec, look, size[0], (max(2, size[0] // 130), max(2, size[1] // 80)))
    if kind == ".png":
        return png.write(drawn, inks, *size)
    return svg.write(drawn, inks, *size).encode("utf-8", "replace")
