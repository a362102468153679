"""``labels.json``: what a person said of a run afterwards: another name, tags, notes, another project.

The run's writer owns ``run.json`` and may replace it at any time, so nobody else writes there. Readers lay the labels
over the record: name, notes and project replace what the writer said; tags are added to its tags and taken from them,
so that tags which the training sets later still count.

    {"name": str, "notes": str, "project": str, "tags_added": [str], "tags_removed": [str]}

What is absent says nothing. The file is replaced whole, under a lock of its directory (``logstore.editing``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from logstore.model.records import RunRecord, text, texts

LABELS_FILE = "labels.json"


@dataclass(frozen=True, slots=True)
class Labels:
    """What was said of one run; None and () say nothing."""

    name: str | None = None
    notes: str | None = None
    project: str | None = None
    tags_added: tuple[str, ...] = ()
    tags_removed: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, raw: Mapping[str, object]) -> Labels:
        """The labels in ``raw``; whatever has the wrong type says nothing."""
        return cls(
            text(raw.get("name")),
            text(raw.get("notes")),
            text(raw.get("project")),
            texts(raw.get("tags_added")) or (),
            texts(raw.get("tags_removed")) or (),
        )

    def to_json(self) -> dict[str, object]:
        """The fields of the file; those that say nothing are None."""
        return {
            "name": self.name,
            "notes": self.notes,
            "project": self.project,
            "tags_added": list(self.tags_added) or None,
            "tags_removed": list(self.tags_removed) or None,
        }

    def over(self, record: RunRecord) -> RunRecord:
        """``record`` as these labels have it."""
        kept = [tag for tag in record.tags if tag not in self.tags_removed]
        return replace(
            record,
            name=record.name if self.name is None else self.name,
            notes=record.notes if self.notes is None else self.notes,
            project=record.project if self.project is None else self.project,
            tags=tuple(dict.fromkeys([*kept, *self.tags_added])),
        )

    def tagged(self, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Labels:
        """These labels with tags added and removed; of what was said about one tag the last word counts."""
        more, less = tuple(dict.fromkeys(add)), tuple(dict.fromkeys(remove))
        added = [tag for tag in (*self.tags_added, *more) if tag not in less]
        removed = [tag for tag in (*self.tags_removed, *less) if tag not in more]
        return replace(self, tags_added=tuple(dict.fromkeys(added)), tags_removed=tuple(dict.fromkeys(removed)))
