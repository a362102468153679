"""How to filter, by example: what the help of ``tui ls`` and docs/filter.md are made of. Pure."""

from __future__ import annotations

EXAMPLES = (
    ("brave lr<1e-3", "two terms side by side must both hold; a bare word is looked for in name, tags, group …"),
    ("failed !debug", "a bare word for a state is looked for there, too"),
    ("state=running OR tag:base", "AND binds closer than OR; = is equality, : is contains"),
    ("NOT (group=debug OR job_type=eval)", "parentheses; ! is NOT"),
    ("loss.min < 2.1 step > 20k", "numbers with k, M, B, G, T; loss is val/loss where no other metric ends so"),
    ("smooth(train/loss) < 2", "a summary of a metric, also as train/loss.smooth"),
    ("age < 2h created >= 2026-01-31", "spans of time with s, m, h, d, w; dates"),
    ("updated within 10m", "the last ten minutes"),
    ("name ~ ^brave-(otter|lynx)$", "a regular expression; !~ is its opposite"),
    ("optim in (adamw, lion)", "one of several; also not in"),
    ("name = run-*-seed3", "* stands for any text"),
    ("has val/acc", "the run has such a value"),
    ("mine", "the runs that you started"),
    ('"a name" `odd:key` = 3', "quotes around what would otherwise mean something"),
)
"""Filters, and what each shows."""

SUMMARIES = {
    "last": "the last value, which the bare name is too",
    "min": "the smallest value",
    "max": "the largest value",
    "mean": "the mean of all values",
    "first": "the first value",
    "best": "the smallest or the largest value, whichever define_metric or the metric's name says is better",
    "smooth": "the last value of the debiased moving average (weight 0.9: about the last ten points)",
}
"""What can be asked of a metric: ``val/loss.min`` or ``min(val/loss)``."""
