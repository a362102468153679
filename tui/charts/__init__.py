"""The chart engine: numbers in, rows of cells out. It knows numpy and nothing of a screen.

``Line`` and ``ChartSpec`` say what to draw, ``Look`` says how, ``Plot.frame`` draws it as a ``Frame``: rows of text
with style codes (``Ink``) that a widget turns into colours.
"""
