"""What a run says about itself: its place in the store and in its job, and the fields of run.json that people set."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from logstore.writing.document import Document
from logstore.writing.ranks import Place
from logstore.writing.settings import read_tags


class RunFacts:
    """The facts of one run. Setting one writes run.json.

    Attributes:
        path: The run's directory.
        place: Rank and world size of this process.
    """

    def __init__(self, path: Path, place: Place, record: Document) -> None:
        self.path = path
        self.place = place
        self._record = record

    @property
    def id(self) -> str:
        """The run's id, the name of its directory."""
        return self.path.name

    @property
    def project(self) -> str:
        """The project, the name of the directory above."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """The run's name, for people."""
        return str(self._record.fields.get("name") or self.id)

    @name.setter
    def name(self, name: str) -> None:
        self._record.update({"name": str(name)})

    @property
    def notes(self) -> str | None:
        """What was noted about it."""
        return self._record.fields.get("notes")

    @notes.setter
    def notes(self, notes: str | None) -> None:
        self._record.update({"notes": notes})

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags; ``run.tags += ("x",)`` adds one."""
        return tuple(self._record.fields.get("tags") or ())

    @tags.setter
    def tags(self, tags: Iterable[str]) -> None:
        self._record.update({"tags": list(read_tags(tags))})

    @property
    def group(self) -> str | None:
        """The group it belongs to."""
        return self._record.fields.get("group")

    @property
    def job_type(self) -> str | None:
        """What kind of job it is, such as train or eval."""
        return self._record.fields.get("job_type")

    @property
    def rank(self) -> int:
        """This process's rank in its job."""
        return self.place.rank

    @property
    def world_size(self) -> int | None:
        """How many processes the job has; None where nobody said."""
        return self.place.world_size

    @property
    def start_time(self) -> float:
        """When the run was created, in seconds since the epoch."""
        return float(self._record.fields["created"])

    @property
    def dir(self) -> str:
        """The run's directory as text."""
        return str(self.path)

    @property
    def url(self) -> str:
        """Where the run is, as something to print and to follow."""
        return self.path.as_uri()
